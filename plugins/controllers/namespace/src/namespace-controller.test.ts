import { builtinKinds } from '@keelson/api';
import { Deployment } from '@keelson/api/apps/v1';
import { ConfigMap, Namespace, Pod, Secret } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { deletionConditions } from './deletion-conditions.ts';
import { namespacedKinds } from './namespaced-kinds.ts';
import plugin from './plugin.ts';
import { pluginCluster } from '@keelson/testing/plugin-cluster';

const named = (name: string, finalizers: string[] = []) => ({ metadata: { name, namespace: 'team', ...(finalizers.length > 0 ? { finalizers } : {}) } });
const pod = (name: string, finalizers: string[] = [], seconds = 30) =>
  newObject(Pod, { ...named(name, finalizers), spec: { nodeName: 'n', terminationGracePeriodSeconds: seconds, containers: [{ name: 'c', image: 'i' }] } });

async function world(config: object = { graceSeconds: 0 }) {
  const cluster = await pluginCluster({ plugin, config });
  await cluster.namespace('team');
  await cluster.namespace('other');
  const condition = async (type: string) => (await cluster.admin.get(Namespace, { name: 'team' }))?.status?.conditions?.find((one) => one.type === type);
  return { ...cluster, condition, drop: () => cluster.admin.delete({ kind: Namespace, ref: { name: 'team' } }), gone: async () => (await cluster.admin.get(Namespace, { name: 'team' })) === undefined };
}

test('a namespace stays whole for a moment: what deletes a manifest names what is in it next', async () => {
  const { admin, clock, drop, gone, settle, stop } = await world({});
  await admin.create(newObject(ConfigMap, named('a')));
  await drop();
  await settle();
  await clock.advance(900);
  expect(await admin.get(Namespace, { name: 'team' })).toMatchObject({ status: { phase: 'Terminating' } });
  await admin.delete({ kind: ConfigMap, ref: named('a').metadata });
  await clock.advance(1100);
  expect(await gone()).toBe(true);
  await stop();
});

test('an empty namespace goes at once, and all kinds of content with it', async () => {
  const { admin, drop, gone, settle, stop } = await world();
  await admin.create(newObject(ConfigMap, named('a')));
  await admin.create(newObject(Secret, named('a')));
  await admin.create(newObject(ConfigMap, { metadata: { name: 'a', namespace: 'other' } }));
  await drop();
  await settle();
  expect(await gone()).toBe(true);
  expect((await admin.list(ConfigMap)).items.map(({ metadata }) => metadata.namespace)).toEqual(['other']);
  expect(await admin.get(Secret, { namespace: 'team', name: 'a' })).toBeUndefined();
  expect(await admin.get(Namespace, { name: 'other' })).toMatchObject({ status: { phase: 'Active' } });
  await stop();
});

test('pods go first, what they use when the last one is gone, without waiting out the estimate', async () => {
  const { admin, clock, condition, drop, gone, settle, stop } = await world();
  await admin.create(newObject(ConfigMap, named('a')));
  await admin.create(pod('p'));
  await admin.create(pod('q'));
  await drop();
  await settle();
  expect(await condition('NamespaceContentRemaining')).toMatchObject({ status: 'True', reason: 'SomeResourcesRemain', message: 'Some resources are remaining: pods. has 2 resource instances' });
  expect(await admin.get(ConfigMap, named('a').metadata)).toBeDefined();
  await clock.advance(2000);
  for (const name of ['p', 'q']) {
    expect(await gone()).toBe(false);
    await admin.delete({ kind: Pod, ref: { namespace: 'team', name } }, { gracePeriodSeconds: 0 });
    await settle();
  }
  expect(await gone()).toBe(true);
  await stop();
});

test('finalizers of others are told and waited for', async () => {
  const { admin, clock, condition, drop, gone, settle, stop } = await world();
  const held = await admin.create(newObject(ConfigMap, named('a', ['example.org/hold'])));
  await admin.create(newObject(Deployment, {
    ...named('d', ['example.org/hold', 'example.org/more']),
    spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } } as never, spec: { containers: [{ name: 'c', image: 'i' }] } } },
  }));
  await drop();
  await settle();
  expect(await condition('NamespaceContentRemaining')).toMatchObject({ message: 'Some resources are remaining: configmaps. has 1 resource instances, deployments.apps has 1 resource instances' });
  expect(await condition('NamespaceFinalizersRemaining')).toMatchObject({
    status: 'True', reason: 'SomeFinalizersRemain',
    message: 'Some content in the namespace has finalizers remaining: example.org/hold in 2 resource instances, example.org/more in 1 resource instances',
  });
  expect(await condition('NamespaceDeletionContentFailure')).toMatchObject({ status: 'False', reason: 'ContentDeleted' });
  await admin.patch(ConfigMap, held.metadata, { type: 'merge', body: { metadata: { finalizers: null } } });
  await admin.patch(Deployment, { namespace: 'team', name: 'd' }, { type: 'merge', body: { metadata: { finalizers: null } } });
  await clock.advance(7000);
  expect(await gone()).toBe(false);
  await clock.advance(1000);
  expect(await gone()).toBe(true);
  await stop();
});

test('other finalizers of the namespace itself keep it, empty', async () => {
  const { admin, settle, stop } = await world();
  await admin.create(newObject(Namespace, { metadata: { name: 'held' }, spec: { finalizers: ['example.org/mine'] } }));
  await admin.delete({ kind: Namespace, ref: { name: 'held' } });
  await settle();
  const held = await admin.get(Namespace, { name: 'held' });
  expect(held?.spec?.finalizers).toEqual(['example.org/mine']);
  expect(held?.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
    'NamespaceDeletionDiscoveryFailure=False', 'NamespaceDeletionGroupVersionParsingFailure=False', 'NamespaceDeletionContentFailure=False',
    'NamespaceContentRemaining=False', 'NamespaceFinalizersRemaining=False',
  ]);
  await stop();
});

test('every stored namespaced resource is deleted once, pods apart', () => {
  const { pods, others } = namespacedKinds(builtinKinds());
  expect(pods?.plural).toBe('pods');
  const stored = others.map(({ storage }) => `${storage.group}/${storage.resource}`);
  expect(new Set(stored).size).toBe(stored.length);
  expect(stored).toEqual(expect.arrayContaining(['/configmaps', 'apps/deployments', 'coordination.k8s.io/leases']));
  expect(others.every(({ namespaced }) => namespaced)).toBe(true);
});

test('failures are counted and told in a stable order; a condition keeps its time while it stays', () => {
  const failed = deletionConditions(undefined, { remaining: [], errors: [new Error('b'), new Error('a')] }, 0);
  expect(failed[2]).toEqual({ type: 'NamespaceDeletionContentFailure', status: 'True', reason: 'ContentDeletionFailed', message: 'Failed to delete all resource types, 2 remaining: a, b', lastTransitionTime: '1970-01-01T00:00:00Z' });
  expect(deletionConditions(failed, { remaining: [], errors: [new Error('a'), new Error('b')] }, 60_000)).toBe(failed);
  expect(deletionConditions(failed, { remaining: [], errors: [] }, 60_000)[2]).toMatchObject({ status: 'False', lastTransitionTime: '1970-01-01T00:01:00Z' });
});
