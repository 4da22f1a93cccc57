import type { Taint, Toleration } from '@keelson/api/core/v1';
import { node, pod, refusals, scores, tableOf } from '@keelson/scheduler-core/testdata';
import { taintFilter } from './taint-filter.ts';
import { taintScore } from './taint-score.ts';
import { tolerates } from './tolerates.ts';

const taint = (key: string, value: string | undefined, effect: string): Taint => ({ key, effect, ...(value === undefined ? {} : { value }) });
const tainted = (name: string, ...taints: Taint[]) => node(name, { spec: { taints } });

describe('tolerates', () => {
  it.each<[Toleration, Taint, boolean]>([
    [{ key: 'k', operator: 'Equal', value: 'v' }, taint('k', 'v', 'NoSchedule'), true],
    [{ key: 'k', value: 'v' }, taint('k', 'v', 'NoExecute'), true],
    [{ key: 'k', value: 'w' }, taint('k', 'v', 'NoSchedule'), false],
    [{ key: 'k' }, taint('k', undefined, 'NoSchedule'), true],
    [{ key: 'k', operator: 'Exists' }, taint('k', 'v', 'NoSchedule'), true],
    [{ key: 'k', operator: 'Exists', effect: 'NoExecute' }, taint('k', 'v', 'NoSchedule'), false],
    [{ operator: 'Exists' }, taint('anything', 'v', 'NoExecute'), true],
    [{ operator: 'Exists', effect: 'NoSchedule' }, taint('anything', 'v', 'NoExecute'), false],
    [{ key: 'other', operator: 'Exists' }, taint('k', 'v', 'NoSchedule'), false],
    [{ operator: 'Equal', value: '' }, taint('k', undefined, 'NoSchedule'), false],
    [{ key: 'sla', operator: 'Gt', value: '950' }, taint('sla', '999', 'NoSchedule'), true],
    [{ key: 'sla', operator: 'Gt', value: '999' }, taint('sla', '999', 'NoSchedule'), false],
    [{ key: 'sla', operator: 'Lt', value: '10' }, taint('sla', '-3', 'NoSchedule'), true],
    [{ key: 'sla', operator: 'Lt', value: '10' }, taint('sla', 'many', 'NoSchedule'), false],
    [{ key: 'k', operator: 'Unknown' }, taint('k', 'v', 'NoSchedule'), false],
  ])('%j %j: %s', (toleration, one, expected) => {
    expect(tolerates(toleration, one)).toBe(expected);
  });
});

describe('taint filter', () => {
  const table = tableOf([node('free'), tainted('db', taint('role', 'db', 'NoSchedule')), tainted('both', taint('role', 'db', 'NoSchedule'), taint('old', undefined, 'NoExecute')), tainted('soft', taint('slow', 'x', 'PreferNoSchedule'))]);

  it.each<[readonly Toleration[], readonly (readonly string[])[]]>([
    [[], [[], ['node(s) had untolerated taint {role: db}'], ['node(s) had untolerated taint {role: db}'], []]],
    [[{ key: 'role', operator: 'Exists' }], [[], [], ['node(s) had untolerated taint {old: }'], []]],
    [[{ operator: 'Exists' }], [[], [], [], []]],
  ])('%j', (tolerations, expected) => {
    expect(refusals(taintFilter, pod('p', {}, { tolerations: [...tolerations] }), table)).toEqual(expected);
  });
});

describe('taint score', () => {
  const soft = (key: string): Taint => taint(key, undefined, 'PreferNoSchedule');
  const table = tableOf([node('none'), tainted('one', soft('a')), tainted('two', soft('a'), soft('b')), tainted('hard', taint('c', undefined, 'NoSchedule'))]);

  it.each<[readonly Toleration[], readonly number[] | undefined]>([
    [[], [100, 50, 0, 100]],
    [[{ key: 'a', operator: 'Exists' }], [100, 100, 0, 100]],
    [[{ key: 'b', operator: 'Exists', effect: 'NoSchedule' }], [100, 50, 0, 100]],
    [[{ operator: 'Exists' }], undefined],
  ])('%j', (tolerations, expected) => {
    expect(scores(taintScore, pod('p', {}, { tolerations: [...tolerations] }), table)).toEqual(expected);
  });
});
