import { Lease } from '@keelson/api/coordination/v1';
import { Event, Node, Pod, type Taint, type Toleration } from '@keelson/api/core/v1';
import { formatMicroTime, formatTime } from '@keelson/api/time';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

const lease = 'kube-node-lease';
const key = (name: string) => `node.kubernetes.io/${name}`;

async function world(config: Record<string, number> = {}) {
  const cluster = await pluginCluster({ plugin, config });
  const { admin, clock, settle } = cluster;
  const get = async (name: string) => (await admin.get(Node, { name }))!;
  const report = async (name: string, ready: 'True' | 'False' = 'True', more: { type: string; status: string }[] = []) => {
    const node = await get(name);
    const times = { lastHeartbeatTime: formatTime(clock.now()), lastTransitionTime: formatTime(clock.now()) };
    await admin.updateStatus({ ...node, status: { ...node.status, conditions: [{ type: 'Ready', status: ready, reason: 'KubeletReady', ...times }, ...more.map((one) => ({ ...one, ...times }))] } });
    await settle();
  };
  const node = async (name: string, zone?: string) => {
    await admin.create(newObject(Node, { metadata: { name, ...(zone === undefined ? {} : { labels: { 'topology.kubernetes.io/zone': zone } }) }, spec: {} }));
    await report(name);
  };
  const renew = async (name: string) => {
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: formatMicroTime(clock.now()) };
    const present = await admin.get(Lease, { namespace: lease, name });
    await (present === undefined ? admin.create(newObject(Lease, { metadata: { name, namespace: lease }, spec })) : admin.update({ ...present, spec }));
    await settle();
  };
  const pod = async (name: string, nodeName: string, tolerations: Toleration[] = []) => {
    const made = await admin.create(newObject(Pod, { metadata: { name, namespace: 'default' }, spec: { nodeName, tolerations, containers: [{ name: 'c', image: 'i' }] } }));
    await admin.updateStatus({ ...made, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: formatTime(clock.now()) }] } });
    await settle();
  };
  const taints = async (name: string) => ((await get(name)).spec.taints ?? []).map((taint: Taint) => `${taint.key.replace('node.kubernetes.io/', '')}:${taint.effect}`);
  const ready = async (name: string) => (await get(name)).status?.conditions?.find(({ type }) => type === 'Ready');
  const events = async (reason: string) => {
    await settle();
    return (await admin.list(Event)).items.filter((event) => event.reason === reason);
  };
  return { ...cluster, get, node, report, renew, pod, taints, ready, events };
}

test('a silent node becomes Unknown after its grace period, and its taints and pods say so', async () => {
  const { admin, clock, node, pod, report, renew, taints, ready, events, get, stop } = await world();
  await node('live');
  await node('dead');
  await pod('p', 'dead', [{ operator: 'Exists' }]);
  for (let second = 0; second < 50; second += 10) {
    await renew('live');
    await clock.advance(10_000);
  }
  expect((await ready('dead'))?.status).toBe('True');
  expect(await taints('dead')).toEqual([]);
  await renew('live');
  await clock.advance(101);
  expect(await ready('dead')).toMatchObject({ status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' });
  expect((await get('dead')).status?.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
    ['Ready', 'Unknown', 'NodeStatusUnknown'], ['MemoryPressure', 'Unknown', 'NodeStatusNeverUpdated'], ['DiskPressure', 'Unknown', 'NodeStatusNeverUpdated'], ['PIDPressure', 'Unknown', 'NodeStatusNeverUpdated'],
  ]);
  expect(await taints('dead')).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute']);
  expect((await admin.get(Pod, { name: 'p', namespace: 'default' }))?.status?.conditions).toMatchObject([{ type: 'Ready', status: 'False' }]);
  expect((await events('NodeNotReady')).map(({ involvedObject, message, type }) => [involvedObject.kind, message, type])).toEqual(expect.arrayContaining([
    ['Node', 'Node dead status is now: NodeNotReady', 'Normal'], ['Pod', 'Node is not ready', 'Warning'],
  ]));
  expect((await ready('live'))?.status).toBe('True');
  await report('dead');
  expect(await taints('dead')).toEqual([]);
  expect((await events('RegisteredNode')).map(({ message, source }) => [message, source?.component])).toContainEqual(['Node dead event: Registered Node dead in Controller', 'node-controller']);
  await stop();
});

test('a node that never reports has its start-up time, not more', async () => {
  const { admin, clock, node, renew, ready, stop } = await world();
  await node('live');
  await admin.create(newObject(Node, { metadata: { name: 'new' }, spec: {} }));
  for (let second = 0; second < 60; second += 10) {
    await clock.advance(10_000);
    await renew('live');
  }
  expect(await ready('new')).toBeUndefined();
  await clock.advance(2);
  expect(await ready('new')).toMatchObject({ status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' });
  await stop();
});

test('conditions become taints of placement, those of others stay', async () => {
  const { admin, node, report, taints, get, settle, stop } = await world();
  await node('n');
  await admin.patch(Node, { name: 'n' }, { type: 'merge', body: { spec: { unschedulable: true, taints: [{ key: 'mine', effect: 'NoSchedule' }] } } });
  await report('n', 'True', [{ type: 'MemoryPressure', status: 'True' }, { type: 'DiskPressure', status: 'True' }, { type: 'PIDPressure', status: 'False' }, { type: 'NetworkUnavailable', status: 'True' }]);
  expect(await taints('n')).toEqual(['mine:NoSchedule', 'unschedulable:NoSchedule', 'memory-pressure:NoSchedule', 'disk-pressure:NoSchedule', 'network-unavailable:NoSchedule']);
  expect((await get('n')).spec.taints?.[1]?.timeAdded).toBeDefined();
  await admin.patch(Node, { name: 'n' }, { type: 'merge', body: { spec: { unschedulable: null } } });
  await report('n');
  await settle();
  expect(await taints('n')).toEqual(['mine:NoSchedule']);
  await stop();
});

test('a node that says itself that it is not ready is tainted so, and swapped when it falls silent', async () => {
  const { clock, node, report, renew, taints, stop } = await world();
  await node('live');
  await node('n');
  await report('n', 'False');
  await clock.advance(100);
  expect(await taints('n')).toEqual(['not-ready:NoSchedule', 'not-ready:NoExecute']);
  for (let second = 0; second < 50; second += 10) {
    await clock.advance(10_000);
    await renew('live');
  }
  await clock.advance(10);
  expect(await taints('n')).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute']);
  await stop();
});

test('pods go when their toleration ends; one that tolerates for ever stays', async () => {
  const { admin, clock, node, report, renew, pod, events, stop } = await world();
  await node('live');
  await node('n');
  const names = async () => (await admin.list(Pod)).items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name);
  const tolerate = (tolerationSeconds?: number): Toleration[] => [{ key: key('not-ready'), operator: 'Exists', effect: 'NoExecute', ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }) }];
  await pod('never', 'n');
  await pod('minute', 'n', tolerate(60));
  await pod('always', 'n', tolerate());
  await report('n', 'False');
  await clock.advance(100);
  expect(await names()).toEqual(['always', 'minute']);
  const gone = await admin.get(Pod, { name: 'never', namespace: 'default' });
  expect(gone?.status?.conditions).toContainEqual(expect.objectContaining({ type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint' }));
  expect((await events('TaintManagerEviction')).map(({ message }) => message)).toEqual(['Marking for deletion Pod default/never']);
  await clock.advance(30_000);
  await report('n', 'False');
  await renew('live');
  await clock.advance(29_800);
  expect(await names()).toEqual(['always', 'minute']);
  await clock.advance(300);
  expect(await names()).toEqual(['always']);
  await stop();
});

test('a node that comes back in time keeps its pods, and the cancelled eviction is told', async () => {
  const { admin, clock, node, report, pod, events, stop } = await world();
  await node('live');
  await node('n');
  await pod('p', 'n', [{ key: key('not-ready'), operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }]);
  await report('n', 'False');
  await clock.advance(10_000);
  await report('n');
  await clock.advance(40_000);
  expect((await admin.get(Pod, { name: 'p', namespace: 'default' }))?.metadata.deletionTimestamp).toBeUndefined();
  expect((await events('TaintManagerEviction')).map(({ message }) => message)).toEqual(['Cancelling deletion of Pod default/p']);
  await stop();
});

test('when all nodes fall silent nobody is evicted, and everybody gets time when they are back', async () => {
  const { clock, node, report, taints, stop } = await world();
  for (const name of ['a', 'b', 'c']) await node(name);
  await clock.advance(120_000);
  for (const name of ['a', 'b', 'c']) expect(await taints(name)).toEqual(['unreachable:NoSchedule']);
  await report('a');
  expect(await taints('a')).toEqual([]);
  await clock.advance(200);
  const evicted = [...(await taints('b')), ...(await taints('c'))].filter((taint) => taint.endsWith('NoExecute'));
  expect(evicted).toHaveLength(1);
  await stop();
});

test('nodes of a zone are evicted one after the other, and not at all while most of a small zone is silent', async () => {
  const { clock, node, report, taints, stop } = await world({ evictionRate: 0.1 });
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const name of [...names, 'f', 'g']) await node(name);
  const evicted = async () => (await Promise.all(names.map(taints))).filter((list) => list.some((taint) => taint.endsWith('NoExecute'))).length;
  await report('a', 'False');
  await report('b', 'False');
  await report('c', 'False');
  await clock.advance(100);
  expect(await evicted()).toBe(1);
  await clock.advance(10_000);
  expect(await evicted()).toBe(2);
  await report('d', 'False');
  await report('e', 'False');
  await clock.advance(20_000);
  expect(await evicted()).toBe(2);
  for (const name of ['d', 'e']) await report(name);
  await clock.advance(200);
  expect(await evicted()).toBe(3);
  await stop();
});
