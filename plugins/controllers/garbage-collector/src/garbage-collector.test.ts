import { builtinKinds, defineKind, type Kind, type KubeObject, type OwnerReference } from '@keelson/api';
import { ReplicaSet } from '@keelson/api/apps/v1';
import { ConfigMap, Event, Node, Pod, Secret } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { silentLogger, type ApiClient, seededRandom } from '@keelson/sdk';
import { noopTracer } from '@keelson/telemetry';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import { GarbageCollector } from './garbage-collector.ts';
import plugin from './plugin.ts';

const owner = (object: KubeObject, more: Partial<OwnerReference> = {}): OwnerReference => ({ apiVersion: object.apiVersion, kind: object.kind, name: object.metadata.name, uid: object.metadata.uid, ...more });
const blocking = { blockOwnerDeletion: true };
const ref = (name: string, namespace = 'default') => ({ name, namespace });

async function world() {
  const cluster = await pluginCluster(plugin);
  const { admin } = cluster;
  const map = (name: string, owners: OwnerReference[] = [], namespace = 'default', finalizers: string[] = []) =>
    admin.create(newObject(ConfigMap, { metadata: { name, namespace, ...(owners.length > 0 ? { ownerReferences: owners } : {}), ...(finalizers.length > 0 ? { finalizers } : {}) } }));
  const names = async (namespace?: string) => (await admin.list(ConfigMap, namespace === undefined ? {} : { namespace })).items.map(({ metadata }) => metadata.name);
  return { ...cluster, map, names };
}

test('what has lost its owner goes, through all generations; others stay', async () => {
  const { admin, map, names, settle, stop } = await world();
  const root = await map('root');
  const middle = await map('middle', [owner(root)]);
  await map('leaf', [owner(middle)]);
  await map('free');
  await admin.delete(root);
  await settle();
  expect(await names()).toEqual(['free']);
  await stop();
});

test('an object stays while one owner is left, and forgets those that are gone', async () => {
  const { admin, map, settle, stop } = await world();
  const [a, b] = [await map('a'), await map('b')];
  await map('child', [owner(a), owner(b)]);
  await admin.delete(a);
  await settle();
  expect((await admin.get(ConfigMap, ref('child')))?.metadata.ownerReferences).toEqual([owner(b)]);
  await admin.delete(b);
  await settle();
  expect(await admin.get(ConfigMap, ref('child'))).toBeUndefined();
  await stop();
});

test('an owner that never was, or is a namesake of the one meant, does not keep anything', async () => {
  const { map, names, settle, stop } = await world();
  const namesake = await map('namesake');
  await map('orphan', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'ghost', uid: 'no-such-uid' }]);
  await map('impostor', [owner(namesake, { uid: 'another' })]);
  await map('fine', [owner(namesake)]);
  await settle();
  expect(await names()).toEqual(['fine', 'namesake']);
  await stop();
});

test('foreground: the owner waits for the dependents that block it, not for the others', async () => {
  const { admin, map, names, settle, stop } = await world();
  const root = await map('root');
  await map('held', [owner(root, blocking)], 'default', ['example.org/hold']);
  await map('quick', [owner(root, blocking)]);
  await map('loose', [owner(root)], 'default', ['example.org/hold']);
  await admin.delete(root, { propagationPolicy: 'Foreground' });
  await settle();
  expect(await names()).toEqual(['held', 'loose', 'root']);
  expect((await admin.get(ConfigMap, ref('root')))?.metadata.finalizers).toEqual(['foregroundDeletion']);
  await admin.patch(ConfigMap, ref('held'), { type: 'merge', body: { metadata: { finalizers: null } } });
  await settle();
  expect(await names()).toEqual(['loose']);
  await stop();
});

test('foreground goes down through the generations and comes back up', async () => {
  const { admin, map, names, settle, stop } = await world();
  const root = await map('root');
  const middle = await map('middle', [owner(root, blocking)]);
  await map('leaf', [owner(middle, blocking)], 'default', ['example.org/hold']);
  await admin.delete(root, { propagationPolicy: 'Foreground' });
  await settle();
  expect(await names()).toEqual(['leaf', 'middle', 'root']);
  expect((await admin.get(ConfigMap, ref('middle')))?.metadata.deletionTimestamp).toBeDefined();
  await admin.patch(ConfigMap, ref('leaf'), { type: 'merge', body: { metadata: { finalizers: null } } });
  await settle();
  expect(await names()).toEqual([]);
  await stop();
});

test('foreground: a reference that stops blocking lets the owner go', async () => {
  const { admin, map, names, settle, stop } = await world();
  const root = await map('root');
  await map('held', [owner(root, blocking)], 'default', ['example.org/hold']);
  await admin.delete(root, { propagationPolicy: 'Foreground' });
  await settle();
  expect(await names()).toContain('root');
  await admin.patch(ConfigMap, ref('held'), { type: 'merge', body: { metadata: { ownerReferences: null } } });
  await settle();
  expect(await names()).toEqual(['held']);
  await stop();
});

test('a circle of owners is dissolved', async () => {
  const { admin, map, names, settle, stop } = await world();
  const a = await map('a');
  const b = await map('b', [owner(a, blocking)]);
  await admin.patch(ConfigMap, ref('a'), { type: 'merge', body: { metadata: { ownerReferences: [owner(b, blocking)] } } });
  await admin.delete(a, { propagationPolicy: 'Foreground' });
  await settle();
  expect(await names()).toEqual([]);
  await stop();
});

test('orphan: the dependents lose the reference, then the owner goes', async () => {
  const { admin, map, settle, stop } = await world();
  const root = await map('root');
  const other = await map('other');
  await map('child', [owner(root, blocking), owner(other)]);
  await admin.delete(root, { propagationPolicy: 'Orphan' });
  await settle();
  expect(await admin.get(ConfigMap, ref('root'))).toBeUndefined();
  expect((await admin.get(ConfigMap, ref('child')))?.metadata.ownerReferences).toEqual([owner(other)]);
  await stop();
});

test('an owner in another namespace counts as absent, and an event says so', async () => {
  const { admin, clock, map, namespace, names, settle, stop } = await world();
  await namespace('team');
  const elsewhere = await map('elsewhere');
  await map('child', [owner(elsewhere)], 'team');
  await settle();
  await clock.advance(100);
  expect(await names()).toEqual(['elsewhere']);
  const [event] = (await admin.list(Event, { namespace: 'team' })).items;
  expect(event).toMatchObject({
    type: 'Warning', reason: 'OwnerRefInvalidNamespace', involvedObject: { kind: 'ConfigMap', namespace: 'team', name: 'child' },
    message: `ownerRef [v1/ConfigMap, namespace: team, name: elsewhere, uid: ${elsewhere.metadata.uid}] does not exist in namespace "team"`,
  });
  await stop();
});

test('a cluster-scoped owner keeps what is in namespaces; a namespaced one means nothing to cluster-scoped objects', async () => {
  const { admin, map, names, settle, clock, stop } = await world();
  const node = await admin.create(newObject(Node, { metadata: { name: 'n' }, spec: {} }));
  await map('child', [owner(node)]);
  const inNamespace = await map('owner');
  await admin.create(newObject(Node, { metadata: { name: 'odd', ownerReferences: [owner(inNamespace, { uid: 'gone' })] }, spec: {} }));
  await clock.advance(120_000);
  expect(await names()).toEqual(['child', 'owner']);
  expect(await admin.get(Node, { name: 'odd' })).toBeDefined();
  await admin.delete(node);
  await settle();
  expect(await names()).toEqual(['owner']);
  await stop();
});

test('garbage from before the start is found', async () => {
  const cluster = await pluginCluster();
  const gone = await cluster.admin.create(newObject(Secret, { metadata: ref('gone') }));
  await cluster.admin.create(newObject(ConfigMap, { metadata: { ...ref('child'), ownerReferences: [owner(gone)] } }));
  await cluster.admin.delete(gone);
  await cluster.start(plugin);
  await cluster.settle();
  expect(await cluster.admin.get(ConfigMap, ref('child'))).toBeUndefined();
  await cluster.stop();
});

test('an owner of an unknown kind is asked about again, with back-off, and nothing is deleted', async () => {
  const { clock, map, names, stop } = await world();
  await map('child', [{ apiVersion: 'example.org/v1', kind: 'Widget', name: 'w', uid: 'w' }]);
  await clock.advance(600_000);
  expect(await names()).toEqual(['child']);
  await stop();
});

test('a kind that is served later joins, and its objects go with it', async () => {
  const cluster = await pluginCluster();
  const collector = collectorFor(cluster.admin, cluster.clock, builtinKinds().filter(({ plural }) => plural !== 'secrets'));
  collector.start();
  await collector.ready();
  const secret = await cluster.admin.create(newObject(Secret, { metadata: ref('s') }));
  await cluster.admin.create(newObject(ConfigMap, { metadata: { ...ref('child'), ownerReferences: [owner(secret)] } }));
  await cluster.settle();
  collector.addKind(Secret as Kind);
  await cluster.clock.advance(1000);
  expect(collector.graph.get(secret.metadata.uid)).toMatchObject({ virtual: false });
  expect(await cluster.admin.get(ConfigMap, ref('child'))).toBeDefined();
  collector.removeKind(Secret as Kind);
  expect(collector.graph.get(secret.metadata.uid)).toBeUndefined();
  collector.addKind(defineKind({ group: 'example.org', version: 'v1', kind: 'Widget', verbs: ['get'] }));
  collector.stop();
  await cluster.stop();
});

test('a thousand dependents of one owner ask for it a few times at most, and the graph forgets them all', async () => {
  const cluster = await pluginCluster();
  const asked = new Map<string, number>();
  const counting = new Proxy(cluster.admin as ApiClient, {
    get: (target, name: keyof ApiClient) => {
      if (name !== 'get') return (target[name] as unknown as (...args: unknown[]) => unknown).bind(target);
      return (kind: Kind, to: { name: string }) => {
        asked.set(kind.plural, (asked.get(kind.plural) ?? 0) + 1);
        return target.get(kind, to);
      };
    },
  });
  const collector = collectorFor(counting, cluster.clock, builtinKinds());
  collector.start();
  await collector.ready();
  const before = collector.graph.size;
  const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
  const set = await cluster.admin.create(newObject(ReplicaSet, { metadata: ref('rs'), spec: { selector: { matchLabels: { a: 'b' } }, template: template as never } }));
  for (let index = 0; index < 1000; index++) {
    await cluster.admin.create(newObject(Pod, { metadata: { ...ref(`p-${index}`), ownerReferences: [owner(set, { controller: true, ...blocking })] }, spec: template.spec }));
  }
  await cluster.settle();
  expect(collector.graph.size).toBe(before + 1001);
  asked.clear();
  await cluster.admin.delete(set, { propagationPolicy: 'Background' });
  await cluster.settle();
  expect((await cluster.admin.list(Pod)).items).toHaveLength(0);
  expect(collector.graph.size).toBe(before);
  expect(asked.get('pods')).toBe(1000);
  expect(asked.get('replicasets') ?? 0).toBe(0);
  collector.stop();
  await cluster.stop();
});

function collectorFor(api: ApiClient, clock: Awaited<ReturnType<typeof pluginCluster>>['clock'], kinds: readonly Kind[]): GarbageCollector {
  return new GarbageCollector({ api, clock, random: seededRandom('3'), log: silentLogger, tracer: noopTracer, events: { record: () => undefined }, kinds, concurrency: 20 });
}
