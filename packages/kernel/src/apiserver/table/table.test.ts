import { cachedRows, negotiate, parseIncludeObject, partialMetadataList, patchType, renderTable, RevisionCache, type Endpoint, type ResponseForm, type TimedRow } from './index.ts';

const kubectl = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';

describe('content negotiation', () => {
  it.each<[string | undefined, Endpoint, ResponseForm]>([
    [undefined, 'object', { format: 'json' }],
    ['*/*', 'list', { format: 'json' }],
    [kubectl, 'list', { format: 'json', as: 'Table', version: 'v1' }],
    [kubectl, 'plain', { format: 'json' }],
    ['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json', 'list', { format: 'json', as: 'PartialObjectMetadataList', version: 'v1' }],
    ['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json', 'object', { format: 'json' }],
    ['application/vnd.kubernetes.protobuf,application/json', 'object', { format: 'json' }],
    ['application/json;q=0.2,application/yaml', 'object', { format: 'yaml' }],
    ['*/*,application/yaml', 'object', { format: 'yaml' }],
    ['application/json;stream=watch', 'list', { format: 'json' }],
    ['text/html, application/*;q=0.1', 'object', { format: 'json' }],
  ])('%s for a %s', (accept, endpoint, expected) => {
    expect(negotiate(accept, endpoint)).toEqual(expected);
    expect(negotiate(accept, endpoint)).toEqual(expected);
  });

  it.each(['application/vnd.kubernetes.protobuf', 'text/html', 'application/json;q=0', 'application/json;as=Nonsense;g=meta.k8s.io;v=v1'])('406 for %s', (accept) => {
    expect(() => negotiate(accept, 'object')).toThrow('only the following media types are accepted: application/json, application/yaml');
  });

  const protobuf = 'application/vnd.kubernetes.protobuf';
  it.each<[string, Endpoint, ResponseForm]>([
    [`${protobuf},application/json`, 'object', { format: 'protobuf' }],
    [`${protobuf};stream=watch`, 'list', { format: 'protobuf' }],
    [`application/json,${protobuf}`, 'object', { format: 'json' }],
    [`${protobuf};as=Table;g=meta.k8s.io;v=v1,application/json`, 'list', { format: 'json' }],
  ])('%s for a %s with a protobuf form', (accept, endpoint, expected) => {
    expect(negotiate(accept, endpoint, true)).toEqual(expected);
    expect(negotiate(accept, endpoint, true)).toEqual(expected);
  });

  it('offers protobuf where there is such a form; of bare metadata there always is', () => {
    const metadata = `${protobuf};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1`;
    expect(negotiate(metadata, 'list', false)).toEqual({ format: 'protobuf', as: 'PartialObjectMetadataList', version: 'v1' });
    expect(() => negotiate('text/html', 'object', true)).toThrow(`application/yaml, ${protobuf}`);
    expect(() => negotiate(protobuf, 'object', false)).toThrow(/application\/yaml$/);
  });

  it('reads patch types, 415 for others', () => {
    expect(patchType('application/apply-patch+yaml', { strategic: true })).toBe('apply');
    expect(patchType('application/strategic-merge-patch+json', { strategic: true })).toBe('strategic');
    expect(() => patchType('application/strategic-merge-patch+json', { strategic: false })).toThrow(
      'accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml',
    );
    expect(() => patchType('constructor/x', { strategic: true })).toThrow('unknown format');
  });
});

describe('tables', () => {
  type Thing = { metadata: { name: string; uid: string; resourceVersion: string }; born: number };
  const thing = (name: string, resourceVersion = '1'): Thing => ({ metadata: { name, uid: `u-${name}`, resourceVersion }, born: 0 });
  const columns = [{ name: 'Name', type: 'string', format: 'name', description: '', priority: 0 }, { name: 'Age', type: 'string', format: '', description: '', priority: 0 }];
  let made = 0;
  const row = (object: Thing): TimedRow => {
    made += 1;
    return { cells: [object.metadata.name], at: (now) => [object.metadata.name, `${(now - object.born) / 1000}s`] };
  };
  const rows = cachedRows(columns, row, new RevisionCache(2));

  it('carry cells and as much of the object as was asked for', () => {
    const request = { rows, version: 'v1' as const, now: 5000, metadata: { resourceVersion: '9' } };
    expect(renderTable([thing('a')], { ...request, include: 'Metadata' })).toEqual({
      kind: 'Table', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: '9' }, columnDefinitions: columns,
      rows: [{ cells: ['a', '5s'], object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: thing('a').metadata } }],
    });
    expect(renderTable([thing('a')], { ...request, include: 'None', headers: false })).toMatchObject({ columnDefinitions: null, rows: [{ object: null }] });
    expect(renderTable([thing('a')], { ...request, include: 'Object' })).toMatchObject({ rows: [{ object: thing('a') }] });
    expect(parseIncludeObject(undefined)).toBe('Metadata');
    expect(() => parseIncludeObject('All')).toThrow('includeObject');
  });

  it('work each state out once, while ages move on, within bounds', () => {
    made = 0;
    expect(rows.cells(thing('x'), 1000)).toEqual(['x', '1s']);
    expect(rows.cells(thing('x'), 2000)).toEqual(['x', '2s']);
    expect(made).toBe(1);
    rows.cells(thing('x', '2'), 0);
    expect(made).toBe(2);
    rows.cells(thing('y'), 0);
    rows.cells(thing('z'), 0); // drops x, the least recently used of a cache of two
    rows.cells(thing('x', '2'), 0);
    expect(made).toBe(5);
  });

  it('are not the only reduction: lists of metadata', () => {
    expect(partialMetadataList([thing('a')], { metadata: { resourceVersion: '3' }, version: 'v1' })).toEqual({
      kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: { resourceVersion: '3' },
      items: [{ kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: thing('a').metadata }],
    });
  });
});
