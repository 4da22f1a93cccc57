import type { KubeObject } from '@keelson/api';
import { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { Pod } from '@keelson/api/core/v1';
import { controllerReference } from '@keelson/api';
import { apiClient, InformerFactory } from '@keelson/client';
import { FakeApi } from '@keelson/client/fake-api';
import { VirtualClock } from '@keelson/testing/virtual-clock';
import { newObject, runController } from '@keelson/reconcile';
import { silentLogger, StatusError, seededRandom } from '@keelson/sdk';
import { deploymentController } from './deployment-controller.ts';

interface PodsEvent extends KubeObject {
  readonly reason: string;
  readonly message: string;
  readonly source: { readonly component: string };
}

/** The deployment controller over a model API; `serve` plays the replica set controller and the nodes. */
async function world() {
  const clock = new VirtualClock();
  const server = new FakeApi(clock);
  const api = apiClient(server);
  const random = seededRandom('3');
  const informers = new InformerFactory({ client: api, clock, random, log: silentLogger });
  const controller = runController(deploymentController({ concurrency: 5 }), { api, informers, clock, random, log: silentLogger });
  await controller.synced;
  const ref = { name: 'web', namespace: 'a' };
  const web = () => server.store.get('deployments', 'a/web') as Deployment;
  const sets = () => (server.store.list('replicasets') as ReplicaSet[]).sort((a, b) => Number(a.metadata.annotations?.['deployment.kubernetes.io/revision']) - Number(b.metadata.annotations?.['deployment.kubernetes.io/revision']));
  const state = () => sets().map(({ spec, status, metadata }) => `r${metadata.annotations?.['deployment.kubernetes.io/revision']} ${spec.replicas}/${status?.availableReplicas ?? 0}`);
  const create = (replicas: number, spec: Partial<Deployment['spec']> = {}) =>
    api.create(newObject(Deployment, {
      metadata: ref,
      spec: {
        replicas, selector: { matchLabels: { app: 'web' } }, progressDeadlineSeconds: 600, revisionHistoryLimit: 10,
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } },
        ...spec,
      },
    }));
  const patch = (body: object) => api.patch(Deployment, ref, { type: 'merge', body });
  const image = (name: string) => patch({ spec: { template: { spec: { containers: [{ name: 'c', image: name }] } } } });
  /** Lets every set have the pods that it is told to have; `available` says how many of them serve. */
  const serve = async (available: (set: ReplicaSet) => number = (set) => set.spec.replicas ?? 0) => {
    for (const each of sets()) {
      const replicas = each.spec.replicas ?? 0;
      const serving = Math.min(replicas, available(each));
      const status = { replicas, ...(serving ? { readyReplicas: serving, availableReplicas: serving } : {}), observedGeneration: each.metadata.generation };
      await api.updateStatus({ ...each, status });
    }
    await clock.advance(200);
  };
  const roll = async (rounds = 30) => {
    for (let round = 0; round < rounds; round += 1) await serve();
  };
  const reasonOf = (type: string) => web().status?.conditions?.find((each) => each.type === type);
  const messages = () => (server.store.list('events') as PodsEvent[]).map(({ reason, message }) => `${reason} ${message}`);
  return { clock, server, api, controller, web, sets, state, create, patch, image, serve, roll, reasonOf, messages };
}

test('a new deployment gets one replica set at full size, a revision, conditions and an event', async () => {
  const { clock, create, sets, web, messages, reasonOf, serve } = await world();
  const made = await create(3);
  await clock.advance(200);
  const [only] = sets() as [ReplicaSet];
  const hash = only.metadata.labels?.['pod-template-hash'];
  expect(only).toMatchObject({
    metadata: {
      name: `web-${hash}`, labels: { app: 'web' }, ownerReferences: [{ uid: made.metadata.uid, controller: true }],
      annotations: { 'deployment.kubernetes.io/revision': '1', 'deployment.kubernetes.io/desired-replicas': '3', 'deployment.kubernetes.io/max-replicas': '4' },
    },
    spec: { replicas: 3, selector: { matchLabels: { app: 'web', 'pod-template-hash': hash } }, template: { metadata: { labels: { app: 'web', 'pod-template-hash': hash } } } },
  });
  expect(web().metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
  expect(reasonOf('Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetCreated', message: `Created new replica set "web-${hash}"` });
  expect(reasonOf('Available')).toMatchObject({ status: 'False' });
  expect(messages()).toEqual([`ScalingReplicaSet Scaled up replica set web-${hash} from 0 to 3`]);
  await serve();
  expect(web().status).toMatchObject({ observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 });
  expect(web().status?.unavailableReplicas).toBeUndefined();
  expect(reasonOf('Progressing')).toMatchObject({ reason: 'NewReplicaSetAvailable', message: `ReplicaSet "web-${hash}" has successfully progressed.` });
  expect(reasonOf('Available')).toMatchObject({ status: 'True' });
});

test('a changed template rolls out step by step within its limits', async () => {
  const { clock, create, image, serve, roll, state, sets } = await world();
  await create(4);
  await clock.advance(200);
  await serve();
  await image('nginx:2');
  const seen: string[] = [];
  for (let round = 0; round < 12; round += 1) {
    await clock.advance(200);
    seen.push(state().join(', '));
    const total = sets().reduce((sum, { spec }) => sum + (spec.replicas ?? 0), 0);
    const available = sets().reduce((sum, { status }) => sum + (status?.availableReplicas ?? 0), 0);
    expect(total).toBeLessThanOrEqual(5);
    expect(available).toBeGreaterThanOrEqual(3);
    await serve();
  }
  expect(seen[0]).toBe('r1 3/4, r2 2/0');
  await roll(3);
  expect(state()).toEqual(['r1 0/0', 'r2 4/4']);
});

test('a template that comes back is a rollback: the old set becomes the newest revision', async () => {
  const { clock, create, image, roll, state, web, sets } = await world();
  await create(2);
  await clock.advance(200);
  await roll(3);
  await image('nginx:2');
  await roll(10);
  await image('nginx:1');
  await roll(10);
  expect(state()).toEqual(['r2 0/0', 'r3 2/2']);
  expect(sets()[1]?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
  expect(web().metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
});

test('rolls over: a third template in the middle takes pods from all sets before', async () => {
  const { clock, create, image, roll, serve, state } = await world();
  await create(4);
  await clock.advance(200);
  await serve();
  await image('nginx:2');
  await clock.advance(200);
  await serve();
  await image('nginx:3');
  await roll(20);
  expect(state()).toEqual(['r1 0/0', 'r2 0/0', 'r3 4/4']);
});

test('keeps as much history as it is told to', async () => {
  const { clock, create, image, roll, state } = await world();
  await create(1, { revisionHistoryLimit: 2 });
  await clock.advance(200);
  for (const version of [2, 3, 4, 5]) {
    await roll(4);
    await image(`nginx:${version}`);
  }
  await roll(6);
  expect(state()).toEqual(['r3 0/0', 'r4 0/0', 'r5 1/1']);
});

test('a paused deployment scales but does not roll; resuming goes on', async () => {
  const { clock, create, patch, image, serve, roll, state, reasonOf } = await world();
  await create(2);
  await clock.advance(200);
  await serve();
  await patch({ spec: { paused: true } });
  await clock.advance(200);
  await image('nginx:2');
  await patch({ spec: { replicas: 5 } });
  await roll(3);
  expect(state()).toEqual(['r1 5/5']);
  await clock.advance(3_600_000);
  expect(reasonOf('Progressing')?.reason).not.toBe('ProgressDeadlineExceeded');
  await patch({ spec: { paused: null } });
  await roll(12);
  expect(state()).toEqual(['r1 0/0', 'r2 5/5']);
});

test('scaling in the middle of a rollout is shared out between the sets', async () => {
  const { clock, create, image, serve, patch, state } = await world();
  await create(10, { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } });
  await clock.advance(200);
  await serve();
  await image('nginx:2');
  await clock.advance(200);
  expect(state()).toEqual(['r1 8/10', 'r2 5/0']);
  // The new pods do not come up; as in upstream's documentation, the surplus goes to both.
  await serve((set) => (set.spec.template?.spec?.containers[0]?.image === 'nginx:2' ? 0 : 99));
  expect(state()).toEqual(['r1 8/8', 'r2 5/0']);
  await patch({ spec: { replicas: 15 } });
  await clock.advance(200);
  expect(state()).toEqual(['r1 11/8', 'r2 7/0']);
});

test('says so when the deadline passes, and takes it back on progress', async () => {
  const { clock, create, serve, reasonOf } = await world();
  await create(1);
  await clock.advance(200);
  await serve(() => 0);
  await clock.advance(595_000);
  expect(reasonOf('Progressing')).toMatchObject({ status: 'True' });
  await clock.advance(10_000);
  expect(reasonOf('Progressing')).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
  await serve();
  expect(reasonOf('Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
});

test('recreate starts the new pods only when the last old one is gone', async () => {
  const { clock, api, create, image, serve, roll, state, sets } = await world();
  await create(2, { strategy: { type: 'Recreate' } });
  await clock.advance(200);
  await serve();
  const [old] = sets() as [ReplicaSet];
  const pod = await api.create(newObject(Pod, { metadata: { name: 'p', namespace: 'a', ownerReferences: [controllerReference(old)] }, spec: { containers: [] }, status: { phase: 'Running' } }));
  await image('nginx:2');
  await roll(5);
  expect(state()).toEqual(['r1 0/0']);
  await api.delete(pod);
  await roll(3);
  expect(state()).toEqual(['r1 0/0', 'r2 2/2']);
});

test('a set of the same name with another template is a collision: the count goes up and another name is taken', async () => {
  const { clock, api, create, sets, web, server } = await world();
  const probe = await create(1);
  await clock.advance(200);
  const taken = sets()[0]?.metadata.name ?? '';
  await api.delete(probe);
  await api.delete(sets()[0] as ReplicaSet);
  await clock.advance(1000);
  const stranger = newObject(ReplicaSet, { metadata: { name: taken, namespace: 'a', labels: { app: 'other' } }, spec: { replicas: 0, selector: { matchLabels: { app: 'other' } } } });
  await api.create(stranger);
  await create(1);
  await clock.advance(5000);
  expect(web().status?.collisionCount).toBe(1);
  expect(server.store.list('replicasets').map(({ metadata }) => metadata.name)).toHaveLength(2);
});

test('a lost answer of the create does not make a second set', async () => {
  const { clock, server, create, sets, web } = await world();
  let lost = false;
  server.faults.after = (call) => {
    if (lost || call.plural !== 'replicasets' || call.verb !== 'create') return;
    lost = true;
    throw new Error('connection reset');
  };
  await create(1);
  await clock.advance(5000);
  expect(lost).toBe(true);
  expect(sets()).toHaveLength(1);
  expect(web().status?.collisionCount).toBeUndefined();
});

test('a refused create is told in condition and event', async () => {
  const { clock, server, create, reasonOf, messages } = await world();
  server.faults.before = (call) => {
    if (call.plural === 'replicasets' && call.verb === 'create') throw new StatusError('Forbidden', 'replicasets.apps "x" is forbidden: exceeded quota: q');
  };
  await create(1);
  await clock.advance(4);
  expect(reasonOf('Progressing')).toMatchObject({ status: 'False', reason: 'ReplicaSetCreateError' });
  expect(messages()[0]).toMatch(/^ReplicaSetCreateError Failed to create new replica set "web-[a-z0-9]+": replicasets.apps "x" is forbidden: exceeded quota: q$/);
});

test('adopts an orphaned set of its selector', async () => {
  const { clock, api, create, sets, patch } = await world();
  await create(1);
  await clock.advance(200);
  const [first] = sets() as [ReplicaSet];
  await api.patch(ReplicaSet, first.metadata, { type: 'merge', body: { metadata: { ownerReferences: [] } } });
  await clock.advance(1000);
  expect(sets()).toHaveLength(1);
  expect(sets()[0]?.metadata.ownerReferences).toHaveLength(1);
  await patch({ metadata: { annotations: { team: 'x' } } });
  await clock.advance(1000);
  expect(sets()[0]?.metadata.annotations).toMatchObject({ team: 'x', 'deployment.kubernetes.io/revision': '1' });
});

test('a deployment that is going touches nothing', async () => {
  const { clock, api, create, image, patch, state, web } = await world();
  await create(1);
  await clock.advance(200);
  await patch({ metadata: { finalizers: ['foregroundDeletion'] } });
  await api.delete(web());
  await image('nginx:2');
  await clock.advance(5000);
  expect(state()).toEqual(['r1 1/0']);
});

test('rests when there is nothing to do, and writes few statuses for a thousand replicas', async () => {
  const { clock, server, api, create, serve, controller } = await world();
  await create(1000);
  await clock.advance(200);
  for (let available = 1; available <= 1000; available += 1) {
    const [set] = server.store.list('replicasets') as [ReplicaSet];
    await api.updateStatus({ ...set, status: { replicas: 1000, availableReplicas: available, readyReplicas: available } });
    await clock.advance(2);
  }
  await serve();
  const writes = server.calls.filter(({ plural, subresource }) => plural === 'deployments' && subresource === 'status').length;
  expect(writes).toBeLessThan(40);
  const { reconciles } = controller.counters;
  await clock.advance(3_600_000);
  expect(controller.counters.reconciles - reconciles).toBeLessThanOrEqual(1);
});
