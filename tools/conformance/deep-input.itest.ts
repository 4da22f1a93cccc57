import { KeelsonProcess } from './keelson-process.ts';
import { RawClient } from './raw-client.ts';

jest.setTimeout(120_000);

const configMaps = '/api/v1/namespaces/default/configmaps';
const trees = '/apis/example.org/v1/namespaces/default/trees';
const yaml = { 'content-type': 'application/yaml' };
const merge = { 'content-type': 'application/merge-patch+json' };
const jsonPatch = { 'content-type': 'application/json-patch+json' };
const apply = { 'content-type': 'application/apply-patch+yaml' };

const arrays = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number, inner = '1'): string => '{"a":'.repeat(levels) + inner + '}'.repeat(levels);
const configMap = (member: string): string => `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep","x":${member}}}`;
const tree = (name: string, root: string): string => `{"apiVersion":"example.org/v1","kind":"Tree","metadata":{"name":"${name}"},"root":${root}}`;

const treeKind = {
  apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'trees.example.org' },
  spec: {
    group: 'example.org', scope: 'Namespaced', names: { plural: 'trees', singular: 'tree', kind: 'Tree', listKind: 'TreeList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
  },
};

describe('input that nests deep', () => {
  let keelson: KeelsonProcess;
  let client: RawClient;

  beforeAll(async () => {
    keelson = await KeelsonProcess.start({ flags: ['--storage', 'memory'] });
    client = new RawClient(keelson.ready.kubeconfig);
    expect((await client.send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: JSON.stringify(treeKind) })).code).toBe(201);
    expect((await client.send('GET', trees)).code).toBe(200);
    expect((await client.send('POST', configMaps, { body: '{"metadata":{"name":"there"}}' })).code).toBe(201);
  });
  afterAll(async () => {
    await keelson.destroy();
  });
  afterEach(async () => {
    expect((await client.send('GET', '/livez')).text).toBe('ok');
  });

  // A parser that runs out of stack while it compiles a regular expression ends the process: always the first time.
  it.each([
    ['YAML that opens and never closes', 'POST', configMaps, '['.repeat(2000), yaml],
    ['YAML flow sequences', 'POST', configMaps, arrays(20_000), yaml],
    ['YAML on one line', 'POST', configMaps, '- '.repeat(20_000), yaml],
    ['YAML keys of keys', 'POST', configMaps, '? '.repeat(20_000), yaml],
    ['YAML keys of some keys', 'POST', configMaps, `${'? '.repeat(200)}x`, yaml],
    ['YAML in a review that everybody may ask for', 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', '['.repeat(20_000), yaml],
    ['YAML that grows by aliases', 'POST', configMaps, `a0: &a0 [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(7).fill(`*a${n}`).join(',')}]`).join('\n')}`, yaml],
    ['YAML that contains itself', 'POST', configMaps, 'metadata: &m\n  labels: *m', yaml],
    ['JSON arrays', 'POST', configMaps, configMap(arrays(9000)), {}],
    ['more JSON arrays', 'POST', configMaps, configMap(arrays(200_000)), {}],
    ['JSON objects', 'POST', configMaps, configMap(objects(20_000)), {}],
    ['JSON that opens and never closes', 'POST', configMaps, '['.repeat(200_000), {}],
    ['a merge patch', 'PATCH', `${configMaps}/there`, objects(20_000), merge],
    ['a strategic patch', 'PATCH', `${configMaps}/there`, objects(20_000), { 'content-type': 'application/strategic-merge-patch+json' }],
    ['a JSON patch', 'PATCH', `${configMaps}/there`, `[{"op":"add","path":"/data","value":${objects(20_000)}}]`, jsonPatch],
    ['an applied configuration', 'PATCH', `${configMaps}/deep?fieldManager=me`, configMap(objects(20_000)), apply],
    ['delete options', 'DELETE', `${configMaps}/there`, objects(20_000), {}],
  ] as const)('%s get 400', async (_what, method, path, body, headers) => {
    const answer = await client.send(method, path, { body, headers });
    expect(JSON.parse(answer.text)).toMatchObject({ kind: 'Status', status: 'Failure', code: 400, reason: 'BadRequest', message: expect.stringMatching(/couldn't parse the request body/) });
    expect(answer.code).toBe(400);
  });

  it('takes 900 levels through every door', async () => {
    const root = objects(900);
    expect((await client.send('POST', trees, { body: tree('posted', root) })).code).toBe(201);
    expect((await client.send('PATCH', `${trees}/applied?fieldManager=me`, { body: tree('applied', root), headers: apply })).code).toBe(201);
    expect((await client.send('PATCH', `${trees}/posted`, { body: `{"other":${root}}`, headers: merge })).code).toBe(200);
    const read = await client.send('GET', `${trees}/posted`);
    expect(JSON.stringify((JSON.parse(read.text) as { root: unknown; other: unknown }).root)).toBe(root);
    expect((await client.send('PUT', `${trees}/posted`, { body: read.text })).code).toBe(200);
    expect((await client.send('GET', trees, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } })).code).toBe(200);
    // YAML's indentation makes the text of such an object grow with the square of its depth.
    expect((await client.send('GET', `${trees}/posted`, { headers: { accept: 'application/yaml' } })).code).toBe(406);
    expect((await client.send('POST', trees, { body: tree('shallow', objects(200)) })).code).toBe(201);
    expect((await client.send('GET', `${trees}/shallow`, { headers: { accept: 'application/yaml' } })).text).toContain('root:\n  a:\n    a:');
    expect((await client.send('DELETE', `${trees}/posted`)).code).toBe(200);
  });

  it('does not let a JSON patch make an object deeper bit by bit', async () => {
    expect((await client.send('POST', trees, { body: tree('grown', '{"a":{}}') })).code).toBe(201);
    const doubled = (times: number): string => JSON.stringify(Array.from({ length: times }, (_, n) => ({ op: 'copy', from: '/root', path: `/root${'/a'.repeat(2 ** n)}` })));
    expect((await client.send('PATCH', `${trees}/grown`, { body: doubled(9), headers: jsonPatch })).code).toBe(200);
    const deeper = JSON.stringify([{ op: 'move', from: '/root', path: '/kept' }, { op: 'add', path: '/root', value: { a: {} } }, { op: 'copy', from: '/kept', path: `/kept${'/a'.repeat(500)}` }]);
    const answer = await client.send('PATCH', `${trees}/grown`, { body: deeper, headers: jsonPatch });
    expect(JSON.parse(answer.text)).toMatchObject({ kind: 'Status', code: 422, message: expect.stringContaining('exceeds the max depth of 1000') });
  });

  it('is not slowed down by many keys of one YAML mapping', async () => {
    const keys = Array.from({ length: 40_000 }, (_, n) => `  k${n}: "1"`).join('\n');
    expect((await client.send('POST', configMaps, { body: `metadata: {name: wide}\ndata:\n${keys}`, headers: yaml })).code).toBe(201);
  });
});
