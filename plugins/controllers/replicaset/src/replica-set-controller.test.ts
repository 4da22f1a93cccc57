import { controllerReference, type KubeObject } from '@keelson/api';
import { ReplicaSet } from '@keelson/api/apps/v1';
import { Pod } from '@keelson/api/core/v1';
import { apiClient, InformerFactory } from '@keelson/client';
import { FakeApi } from '@keelson/client/fake-api';
import { VirtualClock } from '@keelson/testing/virtual-clock';
import { newObject, runController } from '@keelson/reconcile';
import { silentLogger, StatusError, seededRandom } from '@keelson/sdk';
import { replicaSetController } from './replica-set-controller.ts';

async function world(burst = 500) {
  const clock = new VirtualClock();
  const server = new FakeApi(clock);
  const api = apiClient(server);
  const random = seededRandom('3');
  const informers = new InformerFactory({ client: api, clock, random, log: silentLogger });
  const controller = runController(replicaSetController({ concurrency: 5, burst }), { api, informers, clock, random, log: silentLogger });
  await controller.synced;
  const set = (replicas: number, more: object = {}) =>
    api.create(newObject(ReplicaSet, {
      metadata: { name: 'web', namespace: 'a' },
      spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }, ...more },
    }));
  const pods = () => server.store.list('pods') as Pod[];
  const scale = (replicas: number) => api.patch(ReplicaSet, { name: 'web', namespace: 'a' }, { type: 'merge', body: { spec: { replicas } } });
  const status = () => (server.store.get('replicasets', 'a/web') as ReplicaSet).status;
  const events = () => server.store.list('events').map((event) => event as KubeObject & { reason: string; message: string; type: string; count: number; source: { component: string } });
  const ready = (pod: Pod, yes = true) =>
    api.updateStatus({ ...pod, status: { phase: 'Running', conditions: [{ type: 'Ready', status: yes ? 'True' : 'False', lastTransitionTime: new Date(clock.now()).toISOString() }] } });
  return { clock, server, api, controller, set, pods, scale, status, events, ready };
}

test('creates what is missing, with its template, its reference and an event, and counts it', async () => {
  const { clock, set, pods, status, events, ready } = await world();
  const web = await set(3);
  await clock.advance(1000);
  expect(pods()).toHaveLength(3);
  expect(pods()[0]).toMatchObject({ metadata: { generateName: 'web-', labels: { app: 'web' }, ownerReferences: [{ kind: 'ReplicaSet', uid: web.metadata.uid, controller: true, blockOwnerDeletion: true }] }, spec: { containers: [{ image: 'nginx' }] } });
  expect(status()).toEqual({ replicas: 3, fullyLabeledReplicas: 3, terminatingReplicas: 0, observedGeneration: 1 });
  for (const pod of pods()) await ready(pod);
  await clock.advance(1000);
  expect(status()).toMatchObject({ readyReplicas: 3, availableReplicas: 3 });
  expect(events()).toHaveLength(3);
  expect(events()[0]).toMatchObject({ type: 'Normal', reason: 'SuccessfulCreate', source: { component: 'replicaset-controller' }, message: `Created pod: ${pods()[0]?.metadata.name}` });
});

test('scales down to nothing and replaces what goes away', async () => {
  const { clock, api, set, pods, scale, status } = await world();
  await set(4);
  await clock.advance(1000);
  await api.delete(pods()[0] as Pod);
  await clock.advance(1000);
  expect(pods()).toHaveLength(4);
  const [failed] = pods() as [Pod];
  await api.updateStatus({ ...failed, status: { phase: 'Failed' } });
  await clock.advance(1000);
  expect(pods()).toHaveLength(5);
  await scale(0);
  await clock.advance(1000);
  expect(pods().map(({ metadata }) => metadata.name)).toEqual([failed.metadata.name]);
  expect(status()).toMatchObject({ replicas: 0 });
});

test('adopts a matching orphan instead of creating, and releases a pod that stops matching', async () => {
  const { clock, api, set, pods } = await world();
  const orphan = await api.create(newObject(Pod, { metadata: { name: 'orphan', namespace: 'a', labels: { app: 'web' } }, spec: { containers: [] } }));
  const web = await set(2);
  await clock.advance(1000);
  expect(pods()).toHaveLength(2);
  expect(pods().find(({ metadata }) => metadata.name === 'orphan')?.metadata.ownerReferences?.[0]?.uid).toBe(web.metadata.uid);
  await api.patch(Pod, orphan.metadata, { type: 'merge', body: { metadata: { labels: { app: 'other' } } } });
  await clock.advance(1000);
  expect(pods()).toHaveLength(3);
  expect(pods().find(({ metadata }) => metadata.name === 'orphan')?.metadata.ownerReferences).toEqual([]);
});

test('an orphan that appears later is adopted and the surplus deleted', async () => {
  const { clock, api, set, pods, ready } = await world();
  await set(1);
  await clock.advance(1000);
  await ready(pods()[0] as Pod);
  await api.create(newObject(Pod, { metadata: { name: 'late', namespace: 'a', labels: { app: 'web' } }, spec: { containers: [] } }));
  await clock.advance(1000);
  expect(pods().map(({ metadata }) => metadata.name)).toEqual(['web-00000']);
});

test('a refused create costs one call, sets ReplicaFailure, and heals', async () => {
  const { clock, server, set, pods, status, events } = await world();
  let refused = 0;
  server.faults.before = (call) => {
    if (call.plural !== 'pods' || call.verb !== 'create') return;
    refused += 1;
    throw new StatusError('Forbidden', 'pods "web-" is forbidden: exceeded quota: small');
  };
  await set(100);
  await clock.advance(4);
  expect(refused).toBe(1);
  expect(status()?.conditions).toMatchObject([{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'pods "web-" is forbidden: exceeded quota: small' }]);
  expect(events()[0]).toMatchObject({ type: 'Warning', reason: 'FailedCreate', message: 'Error creating: pods "web-" is forbidden: exceeded quota: small' });
  delete server.faults.before;
  await clock.advance(60_000);
  expect(pods()).toHaveLength(100);
  expect(status()?.conditions).toBeUndefined();
});

test('does nothing in a namespace that goes', async () => {
  const { clock, server, controller, set, events } = await world();
  server.faults.before = (call) => {
    if (call.verb === 'create' && call.plural === 'pods') throw new StatusError('Forbidden', 'namespace is being terminated', { causes: [{ reason: 'NamespaceTerminating' }] });
  };
  await set(3);
  await clock.advance(60_000);
  expect(events()).toEqual([]);
  expect(controller.counters.failures).toBe(0);
});

test('never creates one pod too many while its watch lags behind', async () => {
  const { clock, server, set, pods } = await world(5);
  let most = 0;
  server.store.onCommit(() => {
    most = Math.max(most, pods().length);
  });
  const fates = ['deliver', 'deliver', 'deliver', 'deliver', 'duplicate', 'swap', 'cut'] as const;
  const chance = seededRandom('11');
  server.faults.deliver = () => fates[chance.int(7)] ?? 'deliver';
  await set(30);
  await clock.advance(3_600_000);
  expect([pods().length, most]).toEqual([30, 30]);
});

test('counts a pod as available when its time has come, without any event', async () => {
  const { clock, set, pods, status, ready } = await world();
  await set(1, { minReadySeconds: 30 });
  await clock.advance(1000);
  await ready(pods()[0] as Pod);
  await clock.advance(20_000);
  expect(status()).toMatchObject({ readyReplicas: 1 });
  expect(status()?.availableReplicas).toBeUndefined();
  await clock.advance(11_000);
  expect(status()).toMatchObject({ availableReplicas: 1 });
});

test('a set that is being deleted keeps its pods', async () => {
  const { clock, api, set, pods } = await world();
  await set(2);
  await clock.advance(1000);
  await api.patch(ReplicaSet, { name: 'web', namespace: 'a' }, { type: 'merge', body: { metadata: { finalizers: ['example.org/hold'] } } });
  await api.delete({ kind: ReplicaSet, ref: { name: 'web', namespace: 'a' } });
  await api.delete(pods()[0] as Pod);
  await clock.advance(1000);
  expect(pods()).toHaveLength(1);
});

test('pods of another controller of the same labels are left alone', async () => {
  const { clock, api, set, pods } = await world();
  const other = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'other', uid: 'other' } } as KubeObject;
  await api.create(newObject(Pod, { metadata: { name: 'theirs', namespace: 'a', labels: { app: 'web' }, ownerReferences: [controllerReference(other)] }, spec: { containers: [] } }));
  await set(1);
  await clock.advance(1000);
  expect(pods()).toHaveLength(2);
});

test('a thousand replicas start with few status writes and few events', async () => {
  const { clock, server, set, pods, status, ready, events, controller } = await world();
  await set(1000);
  await clock.advance(1000);
  expect(pods()).toHaveLength(1000);
  for (const pod of pods()) {
    await ready(pod);
    await clock.advance(1);
  }
  await clock.advance(1000);
  expect(status()).toMatchObject({ replicas: 1000, readyReplicas: 1000, availableReplicas: 1000 });
  const writes = server.calls.filter(({ plural, subresource }) => plural === 'replicasets' && subresource === 'status').length;
  expect(writes).toBeLessThan(30);
  expect(controller.counters.reconciles).toBeLessThan(40);
  expect(events().length).toBeLessThanOrEqual(25);
});
