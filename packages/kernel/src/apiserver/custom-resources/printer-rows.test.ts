import type { KubeObject } from '@keelson/api';
import { compilePath } from './json-path.ts';
import { printerRows } from './printer-rows.ts';

const object = {
  metadata: { name: 'a', creationTimestamp: '2024-01-01T00:00:00Z', labels: { 'a.b/c': 'l' } },
  spec: { replicas: 3, ports: [{ name: 'x', port: 1 }, { name: 'y', port: 2 }], flag: false },
  status: { conditions: [{ type: 'Ready', status: 'True' }, { type: 'Odd', status: 'False' }] },
};

describe('compilePath', () => {
  it.each([
    ['.spec.replicas', [3]],
    ['{.spec.replicas}', [3]],
    ['$.spec.replicas', [3]],
    ['.spec.ports[0].name', ['x']],
    ['.spec.ports[-1].port', [2]],
    ['.spec.ports[*].name', ['x', 'y']],
    [".metadata.labels['a.b/c']", ['l']],
    ['.metadata.labels.a\\.b/c', ['l']],
    ['.status.conditions[?(@.type=="Ready")].status', ['True']],
    [".status.conditions[?(@.type!='Ready')].status", ['False']],
    ['.spec.ports[?(@.port==2)].name', ['y']],
    ['.spec.none.deeper', []],
    ['.spec.constructor', []],
    ['.spec.ports[9]', []],
  ])('%s', (path, expected) => {
    expect(compilePath(path)!(object)).toEqual(expected);
  });

  it.each(['spec', '.spec[', '.spec[?(@.a<1)]', '.spec..replicas'])('refuses %s', (path) => {
    expect(compilePath(path)).toBeUndefined();
  });
});

describe('printerRows', () => {
  const at = Date.parse('2024-01-01T00:05:00Z');
  const rows = (columns?: Parameters<typeof printerRows>[0]) => {
    const source = printerRows(columns);
    return { names: source.columns.map(({ name }) => name), cells: source.cells(object as unknown as KubeObject, at) };
  };

  it('shows name and age without columns of its own', () => {
    expect(rows()).toEqual({ names: ['Name', 'Age'], cells: ['a', '5m'] });
  });

  it('shows what is declared, by its type', () => {
    const column = (type: string, jsonPath: string) => ({ name: jsonPath, type, jsonPath });
    expect(
      rows([
        column('integer', '.spec.replicas'), column('string', '.spec.replicas'), column('boolean', '.spec.flag'), column('integer', '.metadata.name'),
        column('string', '.spec.ports[0]'), column('string', '.spec.ports[*].port'), column('date', '.metadata.creationTimestamp'), column('date', '.metadata.name'), column('string', '.none'),
        column('string', 'broken['),
      ]).cells.slice(1),
    ).toEqual([3, '3', false, null, '{"name":"x","port":1}', '1,2', '5m', '<invalid>', null, null]);
  });
});
