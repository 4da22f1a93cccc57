import { Node, Pod } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

async function world(config: Record<string, number> = {}) {
  const cluster = await pluginCluster({ plugin, config });
  const { admin } = cluster;
  const node = (name: string) => admin.create(newObject(Node, { metadata: { name }, spec: {} }));
  const pod = (name: string, nodeName?: string, finalizers: string[] = []) =>
    admin.create(newObject(Pod, {
      metadata: { name, namespace: 'default', ...(finalizers.length > 0 ? { finalizers } : {}) }, spec: { ...(nodeName === undefined ? {} : { nodeName }), containers: [{ name: 'c', image: 'i' }] },
    }));
  const phase = async (name: string, status: Partial<NonNullable<Pod['status']>>) => {
    const present = (await admin.get(Pod, { name, namespace: 'default' }))!;
    await admin.updateStatus({ ...present, status: { ...present.status, ...status } });
  };
  const names = async () => (await admin.list(Pod)).items.map(({ metadata }) => metadata.name);
  return { ...cluster, node, pod, phase, names };
}

test('pods of a node that is deleted go after the quarantine, as failed ones', async () => {
  const { admin, clock, node, pod, names, settle, stop } = await world();
  await node('stays');
  const gone = await node('gone');
  await pod('a', 'gone', ['example.org/hold']);
  await pod('b', 'stays');
  await pod('c', 'gone');
  await settle();
  await admin.delete(gone);
  await clock.advance(39_999);
  expect(await names()).toEqual(['a', 'b', 'c']);
  await clock.advance(1);
  expect(await names()).toEqual(['a', 'b']);
  const held = await admin.get(Pod, { name: 'a', namespace: 'default' });
  expect(held?.metadata.deletionTimestamp).toBeDefined();
  expect(held?.status).toMatchObject({ phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' }] });
  await stop();
});

test('a node that turns up in time keeps its pods; one that never was has none', async () => {
  const { clock, node, pod, names, settle, stop } = await world({ quarantineSeconds: 10 });
  await pod('early', 'late');
  await pod('lost', 'never');
  await settle();
  await clock.advance(5000);
  await node('late');
  await clock.advance(6000);
  expect(await names()).toEqual(['early']);
  await stop();
});

test('a terminating pod without node goes even if somebody gave it time', async () => {
  const { admin, pod, phase, names, settle, stop } = await world();
  await pod('held', undefined, ['example.org/hold']);
  await pod('waits');
  await admin.delete({ kind: Pod, ref: { name: 'held', namespace: 'default' } });
  await settle();
  expect((await admin.get(Pod, { name: 'held', namespace: 'default' }))?.status?.phase).toBe('Failed');
  await admin.patch(Pod, { name: 'held', namespace: 'default' }, { type: 'merge', body: { metadata: { finalizers: null } } });
  await phase('waits', {});
  await settle();
  expect(await names()).toEqual(['waits']);
  await stop();
});

test('terminating pods of a node out of service go at once, others stay', async () => {
  const { admin, node, pod, names, settle, stop } = await world();
  const sick = await node('sick');
  await pod('a', 'sick');
  await pod('b', 'sick');
  await admin.delete({ kind: Pod, ref: { name: 'a', namespace: 'default' } });
  await settle();
  expect(await names()).toEqual(['a', 'b']);
  await admin.patch(Node, sick.metadata, { type: 'merge', body: { spec: { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] } } });
  await settle();
  expect(await names()).toEqual(['b']);
  await admin.delete({ kind: Pod, ref: { name: 'b', namespace: 'default' } });
  await settle();
  expect(await names()).toEqual([]);
  await stop();
});

test('of too many ended pods the evicted and then the oldest go', async () => {
  const { clock, node, pod, phase, names, settle, stop } = await world({ endedPods: 2 });
  await node('n');
  for (const name of ['d', 'c', 'b', 'a', 'running']) {
    await pod(name, 'n');
    await clock.advance(1000);
  }
  await phase('running', { phase: 'Running' });
  await phase('a', { phase: 'Failed', reason: 'Evicted' });
  await phase('b', { phase: 'Succeeded' });
  await settle();
  expect(await names()).toEqual(['a', 'b', 'c', 'd', 'running']);
  await phase('c', { phase: 'Succeeded' });
  await settle();
  expect(await names()).toEqual(['b', 'c', 'd', 'running']);
  await phase('d', { phase: 'Failed' });
  await settle();
  expect(await names()).toEqual(['b', 'c', 'running']);
  await stop();
});
