import type { KubeObject } from '@keelson/api';
import type { ApiCall, ApiTransport, WatchEvent } from '@keelson/sdk';
import { testServer } from './testdata/test-server.ts';

type Any = any;

const configMaps = { group: '', version: 'v1', plural: 'configmaps', namespace: 'default' };
const pods = { group: '', version: 'v1', plural: 'pods', namespace: 'default' };
const configMap = (name: string, data: Record<string, string> = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
const pod = (name: string, extra: object = {}) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'a', image: 'x' }], ...extra } });

async function failure(promise: Promise<unknown>): Promise<Any> {
  try {
    await promise;
  } catch (error) {
    return (error as Any).toStatus();
  }
  throw new Error('expected a failure');
}

const create = async (api: ApiTransport, at: Omit<ApiCall, 'verb'>, body: unknown): Promise<Any> => api.call({ ...at, verb: 'create', body });

describe('API server over memory', () => {
  it('creates, reads, updates, patches and deletes', async () => {
    const { api } = await testServer();
    const made = await create(api, configMaps, configMap('a', { k: '1' }));
    expect(made.metadata).toMatchObject({ name: 'a', namespace: 'default', uid: expect.any(String), resourceVersion: expect.stringMatching(/^\d+$/) });
    const read: Any = await api.call({ ...configMaps, verb: 'get', name: 'a' });
    expect(read).toEqual(made);
    expect(Object.isFrozen(read.data)).toBe(true);
    const updated: Any = await api.call({ ...configMaps, verb: 'update', name: 'a', body: { ...made, data: { k: '2' } } });
    expect(updated.data).toEqual({ k: '2' });
    expect(Number(updated.metadata.resourceVersion)).toBeGreaterThan(Number(made.metadata.resourceVersion));
    const stale = await failure(api.call({ ...configMaps, verb: 'update', name: 'a', body: { ...made, data: { k: '3' } } }));
    expect(stale).toMatchObject({ code: 409, reason: 'Conflict', message: 'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again' });
    const patched: Any = await api.call({ ...configMaps, verb: 'patch', name: 'a', patchType: 'merge', body: { data: { l: '3' } } });
    expect(patched.data).toEqual({ k: '2', l: '3' });
    expect(await api.call({ ...configMaps, verb: 'delete', name: 'a' })).toMatchObject({ kind: 'Status', status: 'Success', details: { name: 'a', kind: 'configmaps' } });
    expect(await failure(api.call({ ...configMaps, verb: 'get', name: 'a' }))).toMatchObject({ code: 404, reason: 'NotFound', message: 'configmaps "a" not found' });
  });

  it('does not write what changes nothing', async () => {
    const { api } = await testServer();
    const made = await create(api, configMaps, configMap('a', { k: '1' }));
    const same: Any = await api.call({ ...configMaps, verb: 'patch', name: 'a', patchType: 'merge', body: { data: { k: '1' } } });
    expect(same.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  it('refuses what exists and what is invalid, with causes', async () => {
    const { api } = await testServer();
    await create(api, configMaps, configMap('a'));
    expect(await failure(create(api, configMaps, configMap('a')))).toMatchObject({ code: 409, reason: 'AlreadyExists', message: 'configmaps "a" already exists' });
    const bad = await failure(create(api, configMaps, configMap('Not Valid')));
    expect(bad).toMatchObject({ code: 422, reason: 'Invalid', details: { kind: 'ConfigMap', causes: [{ reason: 'FieldValueInvalid', field: 'metadata.name' }] } });
    const wrongType = await failure(create(api, pods, pod('p', { containers: 'no' })));
    expect(wrongType).toMatchObject({ code: 400, reason: 'BadRequest' });
  });

  it('refuses to change what cannot be changed', async () => {
    const { api } = await testServer();
    const deployments = { group: 'apps', version: 'v1', plural: 'deployments', namespace: 'default' };
    const labels = { app: 'x' };
    await create(api, deployments, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'x' }] } } } });
    const selector = { spec: { selector: { matchLabels: { app: 'y' } }, template: { metadata: { labels: { app: 'y' } } } } };
    expect(await failure(api.call({ ...deployments, verb: 'patch', name: 'd', patchType: 'merge', body: selector }))).toMatchObject({
      code: 422, details: { causes: [{ field: 'spec.selector', message: expect.stringContaining('field is immutable') }] },
    });
    await create(api, pods, pod('p'));
    expect(await failure(api.call({ ...pods, verb: 'patch', name: 'p', patchType: 'strategic', body: { spec: { containers: [{ name: 'a', command: ['z'] }] } } }))).toMatchObject({ code: 422 });
    await api.call({ ...pods, verb: 'patch', name: 'p', patchType: 'strategic', body: { spec: { containers: [{ name: 'a', image: 'y' }] } } });
    await create(api, configMaps, { ...configMap('fixed', { k: '1' }), immutable: true });
    expect(await failure(api.call({ ...configMaps, verb: 'patch', name: 'fixed', patchType: 'merge', body: { data: { k: '2' } } }))).toMatchObject({ code: 422 });
  });

  it('names objects by generateName', async () => {
    const { api } = await testServer();
    const made = await create(api, configMaps, { ...configMap(''), metadata: { generateName: 'gen-' } });
    expect(made.metadata.name).toMatch(/^gen-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('pages a list over one revision', async () => {
    const { api } = await testServer();
    for (let i = 0; i < 5; i++) await create(api, configMaps, configMap(`c${i}`));
    const first: Any = await api.call({ ...configMaps, verb: 'list', query: { limit: '2' } });
    expect(first.items.map((item: KubeObject) => item.metadata.name)).toEqual(['c0', 'c1']);
    expect(first.metadata.remainingItemCount).toBe(3);
    await create(api, configMaps, configMap('c00'));
    await api.call({ ...configMaps, verb: 'delete', name: 'c3' });
    const second: Any = await api.call({ ...configMaps, verb: 'list', query: { limit: '2', continue: first.metadata.continue } });
    const third: Any = await api.call({ ...configMaps, verb: 'list', query: { limit: '2', continue: second.metadata.continue } });
    expect([...second.items, ...third.items].map((item: KubeObject) => item.metadata.name)).toEqual(['c2', 'c3', 'c4']);
    expect(third.metadata.continue).toBeUndefined();
    expect(third.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('selects by label and field, in lists and watches', async () => {
    const { api } = await testServer();
    const events: [string, string][] = [];
    const watch = api.watch({ ...configMaps, query: { labelSelector: 'app=x' } }, {
      event: (event: WatchEvent<KubeObject>) => events.push([event.type, event.object.metadata.name!]),
      end: () => undefined,
    });
    await create(api, configMaps, { ...configMap('a'), metadata: { name: 'a', labels: { app: 'x' } } });
    await create(api, configMaps, configMap('b'));
    await api.call({ ...configMaps, verb: 'patch', name: 'b', patchType: 'merge', body: { metadata: { labels: { app: 'x' } } } });
    await api.call({ ...configMaps, verb: 'patch', name: 'a', patchType: 'merge', body: { metadata: { labels: { app: null } } } });
    await api.call({ ...configMaps, verb: 'delete', name: 'b' });
    expect(events).toEqual([['ADDED', 'a'], ['ADDED', 'b'], ['DELETED', 'a'], ['DELETED', 'b']]);
    watch.stop();
    const listed: Any = await api.call({ ...configMaps, verb: 'list', query: { fieldSelector: 'metadata.name=a' } });
    expect(listed.items).toHaveLength(1);
    expect(await failure(api.call({ ...configMaps, verb: 'list', query: { labelSelector: 'a in (' } }))).toMatchObject({ code: 400 });
  });

  it('keeps a terminating object until its finalizers are gone', async () => {
    const { api } = await testServer();
    await create(api, configMaps, { ...configMap('a'), metadata: { name: 'a', finalizers: ['example.org/hold'] } });
    const marked: Any = await api.call({ ...configMaps, verb: 'delete', name: 'a' });
    expect(marked.metadata.deletionTimestamp).toBeDefined();
    await api.call({ ...configMaps, verb: 'patch', name: 'a', patchType: 'merge', body: { metadata: { finalizers: null } } });
    expect(await failure(api.call({ ...configMaps, verb: 'get', name: 'a' }))).toMatchObject({ code: 404 });
  });

  it('gives a bound pod its grace period and removes it when the agent confirms', async () => {
    const { api } = await testServer();
    await create(api, pods, pod('p'));
    await create(api, { ...pods, name: 'p', subresource: 'binding' }, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n1' } });
    const bound: Any = await api.call({ ...pods, verb: 'get', name: 'p' });
    expect(bound.spec.nodeName).toBe('n1');
    expect(bound.status.conditions).toContainEqual(expect.objectContaining({ type: 'PodScheduled', status: 'True' }));
    const marked: Any = await api.call({ ...pods, verb: 'delete', name: 'p' });
    expect(marked.metadata.deletionGracePeriodSeconds).toBe(30);
    await api.call({ ...pods, verb: 'delete', name: 'p', body: { gracePeriodSeconds: 0, preconditions: { uid: bound.metadata.uid } } });
    expect(await failure(api.call({ ...pods, verb: 'get', name: 'p' }))).toMatchObject({ code: 404 });
  });

  it('gives services addresses and takes them back', async () => {
    const { api, server } = await testServer({ serviceCidr: '10.1.0.0/29' });
    const at = { group: '', version: 'v1', plural: 'services', namespace: 'default' };
    const service = (name: string, spec: object = {}) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } });
    const used = new Set<string>();
    for (let i = 0; i < 6; i++) used.add((await create(api, at, service(`s${i}`))).spec.clusterIP);
    expect(used.size).toBe(6);
    expect(await failure(create(api, at, service('full')))).toMatchObject({ code: 500 });
    const freed: Any = await api.call({ ...at, verb: 'delete', name: 's0' });
    const again = await create(api, at, service('again', { clusterIP: freed.spec.clusterIP }));
    expect(again.spec.clusterIPs).toEqual([freed.spec.clusterIP]);
    expect(await failure(create(api, at, service('double', { clusterIP: again.spec.clusterIP })))).toMatchObject({ code: 422 });
    expect(server.serviceRange.first).toBe('10.1.0.1');
  });

  it('refuses a plugin what its manifest does not name', async () => {
    const { server } = await testServer();
    const plugin = server.transportForPlugin('@acme/x', [{ groups: [''], resources: ['configmaps'], verbs: ['get', 'create'] }]);
    await create(plugin, configMaps, configMap('a'));
    expect(await failure(plugin.call({ ...configMaps, verb: 'delete', name: 'a' }))).toMatchObject({
      code: 403,
      message: 'configmaps "a" is forbidden: User "system:keelson:plugin:@acme/x" cannot delete resource "configmaps" in API group "" in the namespace "default"',
    });
  });

  it('resumes a watch from any revision in the window and tells the rest 410', async () => {
    const { api, server } = await testServer();
    const made = await create(api, configMaps, configMap('a'));
    await create(api, configMaps, configMap('b'));
    const seen: string[] = [];
    const resumed = api.watch({ ...configMaps, query: { resourceVersion: made.metadata.resourceVersion } }, { event: (event) => seen.push(event.object.metadata.name!), end: () => undefined });
    await create(api, configMaps, configMap('c'));
    expect(seen).toEqual(['b', 'c']);
    resumed.stop();
    const ended = new Promise<Any>((resolve) => {
      api.watch({ ...configMaps, query: { resourceVersion: '1' } }, { event: () => undefined, end: (error) => { resolve((error as Any).toStatus()); } });
    });
    expect(server.context.registry.find('', 'v1', 'configmaps')!.storage!.cache.oldestRevision).toBeGreaterThan(1);
    expect(await ended).toMatchObject({ code: 410, reason: 'Expired' });
  });
});

describe('server-side apply', () => {
  const apply = (api: ApiTransport, manager: string, body: unknown, force = false): Promise<Any> =>
    api.call({ ...configMaps, verb: 'patch', name: 'a', patchType: 'apply', body, query: { fieldManager: manager, ...(force ? { force: 'true' } : {}) } });
  const config = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data });

  it('creates, shares, refuses and takes over fields', async () => {
    const { api } = await testServer();
    const made = await apply(api, 'one', config({ k: '1', l: '1' }));
    expect(made.metadata.managedFields).toMatchObject([{ manager: 'one', operation: 'Apply', fieldsV1: { 'f:data': { 'f:k': {}, 'f:l': {} } } }]);
    expect(await failure(apply(api, 'two', config({ k: '2' })))).toMatchObject({
      code: 409, reason: 'Conflict', details: { causes: [{ reason: 'FieldManagerConflict', message: expect.stringContaining('conflict with "one"'), field: '.data.k' }] },
    });
    const forced = await apply(api, 'two', config({ k: '2' }), true);
    expect(forced.data).toEqual({ k: '2', l: '1' });
    const dropped = await apply(api, 'one', config({}));
    expect(dropped.data).toEqual({ k: '2' });
    const again = await apply(api, 'two', config({ k: '2' }));
    expect(again.metadata.resourceVersion).toBe(dropped.metadata.resourceVersion);
  });

  it('needs a field manager', async () => {
    const { api } = await testServer();
    expect(await failure(api.call({ ...configMaps, verb: 'patch', name: 'a', patchType: 'apply', body: config({}) }))).toMatchObject({ code: 422 });
  });
});
