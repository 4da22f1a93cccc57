import { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { Event, Pod } from '@keelson/api/core/v1';
import replicaset from '@keelson/controller-replicaset';
import runner from '@keelson/controller-runner';
import { defineDistribution } from '@keelson/distro';
import { cluster, type TestCluster } from '@keelson/testing';
import deployment from './plugin.ts';

const distribution = defineDistribution({ name: 'workloads', version: '0.1.0', plugins: [runner, deployment, replicaset] });

const manifest = (replicas: number, image = 'nginx:1') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "${image}"}]}
`;

/** Plays the nodes: every pod runs and is ready. */
async function runPods({ api, clock }: TestCluster): Promise<void> {
  for (const pod of (await api.list(Pod, { namespace: 'default' })).items) {
    if (pod.status?.phase === 'Running') continue;
    await api.updateStatus({ ...pod, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: new Date(clock.now()).toISOString() }] } });
  }
}

const status = async ({ api }: TestCluster) => (await api.get(Deployment, { name: 'web', namespace: 'default' }))?.status;

test('a deployment comes up, rolls over and goes on the real API server, with the rights of its plugins', async () => {
  const k = await cluster(distribution);
  await k.apply(manifest(3));
  await k.advance('1s');
  await runPods(k);
  await k.advance('1s');
  expect(await status(k)).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3 });
  await k.apply(manifest(3, 'nginx:2'));
  for (let round = 0; round < 10; round += 1) {
    await k.advance('1s');
    await runPods(k);
  }
  await k.advance('1s');
  expect(await status(k)).toMatchObject({ replicas: 3, updatedReplicas: 3, availableReplicas: 3 });
  const sets = (await k.api.list(ReplicaSet, { namespace: 'default' })).items;
  expect(sets.map(({ spec }) => spec.replicas).sort()).toEqual([0, 3]);
  const pods = (await k.api.list(Pod, { namespace: 'default' })).items;
  expect(pods.every(({ spec }) => spec.containers[0]?.image === 'nginx:2')).toBe(true);
  const events = (await k.api.list(Event, { namespace: 'default' })).items;
  expect(events.map(({ message }) => message)).toEqual(expect.arrayContaining([expect.stringMatching(/^Scaled up replica set web-\w+ from 0 to 3$/), expect.stringMatching(/^Created pod: web-/)]));
  await k.close();
});

test('the same seed gives the same log, byte for byte', async () => {
  const run = async (seed: string) => {
    const k = await cluster(distribution, { seed });
    await k.apply(manifest(20));
    await k.advance('2s');
    await runPods(k);
    await k.advance('2s');
    const text = k.log.text();
    await k.close();
    return text;
  };
  expect(await run('x')).toBe(await run('x'));
});

test('a thousand replicas', async () => {
  const k = await cluster(distribution);
  const started = process.hrtime.bigint();
  await k.apply(manifest(1000));
  await k.advance('1s');
  const created = process.hrtime.bigint();
  expect((await k.api.list(Pod, { namespace: 'default' })).items).toHaveLength(1000);
  await runPods(k);
  await k.advance('1s');
  expect(await status(k)).toMatchObject({ replicas: 1000, availableReplicas: 1000 });
  const ms = (from: bigint, to: bigint) => Math.round(Number(to - from) / 1e6);
  process.stdout.write(`created in ${ms(started, created)} ms, all ready in ${ms(created, process.hrtime.bigint())} ms more\n`);
  await k.close();
});

test.each(['a', 'b', 'c', 'd'])('comes out right through cut watches, stale views and lost answers (seed %s)', async (seed) => {
  const k = await cluster(distribution, { seed });
  k.faults.set({ drop: 0.05, stale: 0.2, reorder: 0.1, failWrite: 0.1, loseAnswer: 0.1 });
  await k.apply(manifest(6));
  for (let round = 0; round < 10; round += 1) {
    await k.advance('2s');
    await runPods(k);
  }
  await k.apply(manifest(4, 'nginx:2'));
  for (let round = 0; round < 10; round += 1) {
    await k.advance('2s');
    await runPods(k);
  }
  k.faults.set({});
  for (let round = 0; round < 30; round += 1) {
    await k.advance('10s');
    await runPods(k);
  }
  expect(Object.keys(k.faults.counts).sort()).toEqual(['drop', 'failWrite', 'loseAnswer', 'reorder', 'stale']);
  expect(await status(k)).toMatchObject({ replicas: 4, updatedReplicas: 4, availableReplicas: 4 });
  const pods = (await k.api.list(Pod, { namespace: 'default' })).items;
  expect(pods.map(({ spec }) => spec.containers[0]?.image)).toEqual(Array.from({ length: 4 }, () => 'nginx:2'));
  await k.close();
});
