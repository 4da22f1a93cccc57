import { Event, Node, Pod, type PodSpec } from '@keelson/api/core/v1';
import { definePlugin } from '@keelson/sdk';
import { ScorePolicies } from '@keelson/sdk/scheduler';
import { defineDistribution, use } from '@keelson/distro';
import nodeAffinity from '@keelson/scheduler-node-affinity';
import nodeResourcesFit from '@keelson/scheduler-node-resources-fit';
import nodeUnschedulable from '@keelson/scheduler-node-unschedulable';
import taintToleration from '@keelson/scheduler-taint-toleration';
import { cluster, type TestCluster, type TestClusterOptions } from '@keelson/testing';
import { withSpan } from '@keelson/telemetry';
import core from './plugin.ts';
import { node, pod } from './testdata/index.ts';

/** The simple form, as a third party would write it. */
const preferB = definePlugin({
  name: '@example/keelson-scheduler-prefer-b', version: '1.0.0', kind: 'scheduler', summary: 'prefers nodes named b',
  provides: [ScorePolicies],
  setup: () => [ScorePolicies.with({ name: 'prefer-b', weight: 10, score: (_pod, { name }) => (name === 'b' ? 100 : 0) })],
});

let at: TestCluster;

afterEach(async () => {
  await at.close();
  expect(at.clock.pending).toBe(0);
});

async function boot({ config = {}, plugins = [], ...options }: { config?: object; plugins?: readonly (typeof preferB)[] } & TestClusterOptions = {}): Promise<void> {
  const distribution = defineDistribution({
    name: 'scheduling', version: '0.1.0',
    plugins: [use(core, config as never), nodeResourcesFit, nodeAffinity, nodeUnschedulable, taintToleration, ...plugins],
  });
  at = await cluster(distribution, options);
  await at.advance(0);
}

const draft = <T extends { metadata: object }>(object: T): T => {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _time, ...metadata } = object.metadata as Record<string, unknown>;
  return { ...object, metadata };
};
const addNode = (...args: Parameters<typeof node>) => at.api.create(draft(node(...args)));
const addPod = (name: string, requests: Record<string, string> = {}, spec: Partial<PodSpec> = {}) => at.api.create(draft(pod(name, requests, spec)));
const get = async (name: string): Promise<Pod> => (await at.api.get(Pod, { namespace: 'default', name }))!;
const nodeOf = async (name: string) => (await get(name)).spec.nodeName;
const scheduled = async (name: string) => (await get(name)).status?.conditions?.find(({ type }) => type === 'PodScheduled');
const events = async (name: string): Promise<readonly string[]> =>
  (await at.api.list(Event, { namespace: 'default' })).items.filter(({ involvedObject }) => involvedObject.name === name).map(({ type, reason, message, source }) => `${source?.component} ${type} ${reason}: ${message}`);

describe('the scheduler', () => {
  it('binds pods to nodes with room, and says so', async () => {
    await boot();
    await addNode('a', { allocatable: { cpu: '1' } });
    await addNode('b');
    await addPod('p', { cpu: '2' });
    await at.advance('1s');
    expect(await nodeOf('p')).toBe('b');
    expect(await scheduled('p')).toMatchObject({ status: 'True' });
    expect(await events('p')).toEqual(['default-scheduler Normal Scheduled: Successfully assigned default/p to b']);
  });

  it('spreads what comes at once, counting what it has decided before the API server says so', async () => {
    await boot();
    for (const name of ['a', 'b', 'c']) await addNode(name);
    await Promise.all(Array.from({ length: 12 }, (_, index) => addPod(`p${index}`, { cpu: '1' })));
    await at.advance('1s');
    const where = (await at.api.list(Pod)).items.map(({ spec }) => spec.nodeName);
    expect(where.filter((name) => name === 'a')).toHaveLength(4);
    expect(where.filter((name) => name === 'b')).toHaveLength(4);
    await addPod('one-more', { cpu: '1' });
    await at.advance('1s');
    expect(await nodeOf('one-more')).toBeUndefined();
  });

  it('says why a pod fits nowhere, in upstream’s words, once', async () => {
    await boot();
    await addNode('a', { allocatable: { cpu: '1' } });
    await addNode('b', { spec: { taints: [{ key: 'role', value: 'db', effect: 'NoSchedule' }] } });
    await addNode('c', { spec: { unschedulable: true } });
    await addPod('p', { cpu: '2' });
    await at.advance('5s');
    const message = '0/3 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {role: db}, 1 node(s) were unschedulable. '
      + 'preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.';
    expect(await scheduled('p')).toMatchObject({ status: 'False', reason: 'Unschedulable', message });
    expect(await events('p')).toEqual([`default-scheduler Warning FailedScheduling: ${message}`]);
    const { resourceVersion } = (await get('p')).metadata;
    await at.advance('1m');
    expect((await get('p')).metadata.resourceVersion).toBe(resourceVersion);
  });

  it('says so when there are no nodes at all, and begins when one comes', async () => {
    await boot();
    await addPod('p');
    await at.advance('5s');
    expect(await scheduled('p')).toMatchObject({ reason: 'Unschedulable', message: 'no nodes available to schedule pods' });
    await addNode('a');
    await at.advance(0);
    expect(await nodeOf('p')).toBe('a');
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a pod goes', () => at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'big' } }, { gracePeriodSeconds: 0 })],
    ['a node grows', () => at.api.patch(Node, { name: 'a' }, { type: 'merge', body: { status: { allocatable: { cpu: '8' } } } }, { subresource: 'status' })],
    ['a node comes', () => addNode('b')],
  ])('tries again when %s', async (_, change) => {
    await boot();
    await addNode('a');
    await addPod('big', { cpu: '4' });
    await at.advance('1s');
    await addPod('p', { cpu: '2' });
    await at.advance('10s');
    expect(await nodeOf('p')).toBeUndefined();
    await change();
    await at.advance('100ms');
    expect(await nodeOf('p')).toBeDefined();
  });

  it('tries again when labels, taints or a cordon change, but only for pods that these kept out', async () => {
    await boot();
    await addNode('a', { spec: { unschedulable: true } });
    await addPod('cordoned');
    await at.advance('10s');
    await at.api.patch(Node, { name: 'a' }, { type: 'merge', body: { spec: { unschedulable: false, taints: [{ key: 'k', effect: 'NoSchedule' }] } } });
    await addPod('labelled', {}, { nodeSelector: { disk: 'ssd' }, tolerations: [{ operator: 'Exists' }] });
    await at.advance('30s');
    expect(await scheduled('cordoned')).toMatchObject({ message: expect.stringContaining('untolerated taint {k: }') as string });
    await at.api.patch(Node, { name: 'a' }, { type: 'merge', body: { spec: { taints: null } } });
    await at.advance('30s');
    expect([await nodeOf('cordoned'), await nodeOf('labelled')]).toEqual(['a', undefined]);
    await at.api.patch(Node, { name: 'a' }, { type: 'merge', body: { metadata: { labels: { disk: 'ssd' } } } });
    await at.advance('30s');
    expect(await nodeOf('labelled')).toBe('a');
  });

  it('takes the more important first', async () => {
    await boot();
    await addPod('low', { cpu: '3' });
    await at.advance('1s');
    await at.api.create({ ...draft(pod('high', { cpu: '3' })), spec: { ...pod('high', { cpu: '3' }).spec, priority: 100 } });
    await at.advance('20s');
    await addNode('a');
    await at.advance('20s');
    expect([await nodeOf('high'), await nodeOf('low')]).toEqual(['a', undefined]);
  });

  it('waits for the gates of a pod', async () => {
    await boot();
    await addNode('a');
    await addPod('p', {}, { schedulingGates: [{ name: 'example.org/quota' }] });
    await at.advance('1m');
    expect(await nodeOf('p')).toBeUndefined();
    expect(await scheduled('p')).toMatchObject({ status: 'False', reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' });
    await at.api.patch(Pod, { namespace: 'default', name: 'p' }, { type: 'merge', body: { spec: { schedulingGates: null } } });
    await at.advance('1s');
    expect(await nodeOf('p')).toBe('a');
  });

  it('leaves the pods of other schedulers alone, but counts them', async () => {
    await boot({ config: { schedulerName: 'mine' } });
    await addNode('a');
    await addPod('theirs', { cpu: '3' });
    await addPod('placed', { cpu: '3' }, { nodeName: 'a' });
    await addPod('mine', { cpu: '2' }, { schedulerName: 'mine' });
    await at.advance('5s');
    expect([await nodeOf('theirs'), await nodeOf('mine')]).toEqual([undefined, undefined]);
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'placed' } }, { gracePeriodSeconds: 0 });
    await at.advance('5s');
    expect([await nodeOf('theirs'), await nodeOf('mine')]).toEqual([undefined, 'a']);
  });

  it('takes policies of third parties in the simple form', async () => {
    await boot({ plugins: [preferB] });
    for (const name of ['a', 'b', 'c']) await addNode(name);
    for (let index = 0; index < 4; index++) await addPod(`p${index}`, { cpu: '100m' });
    await at.advance('1s');
    expect((await at.api.list(Pod)).items.map(({ spec }) => spec.nodeName)).toEqual(['b', 'b', 'b', 'b']);
  });

  it('takes a decision back when the binding fails, and tries again', async () => {
    await boot();
    await addNode('a');
    at.faults.set({ failWrite: 1 });
    await addPod('p', { cpu: '3' });
    await at.advance('5s');
    expect(at.faults.counts['failWrite']).toBeGreaterThan(2);
    expect(await nodeOf('p')).toBeUndefined();
    at.faults.set({});
    // The room that the failed bindings had taken is free for others at once.
    await addPod('q', { cpu: '4' });
    await at.advance('100ms');
    expect(await nodeOf('q')).toBe('a');
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'q' } }, { gracePeriodSeconds: 0 });
    await at.advance('20s');
    expect(await nodeOf('p')).toBe('a');
  });

  it('traces the cycle with its phases, caused by the creation of the pod', async () => {
    await boot();
    await addNode('a');
    await addNode('b');
    await withSpan(at.cluster.tracing.tracer('test'), 'apply', { parent: 'root' }, () => addPod('p'));
    await at.advance('1s');
    at.trace.expectPath(['store create pods', 'schedule pod', 'filter']);
    at.trace.expectPath(['store create pods', 'schedule pod', 'score']);
    at.trace.expectPath(['store create pods', 'schedule pod', 'bind', 'store update pods']);
  });

  it('decides the same twice under one seed', async () => {
    const run = async (): Promise<string> => {
      await boot({ seed: 'same' });
      for (const name of ['a', 'b', 'c', 'd', 'e']) await addNode(name);
      await Promise.all(Array.from({ length: 40 }, (_, index) => addPod(`p${index}`, index % 2 === 0 ? { cpu: '100m' } : {})));
      await at.advance('1m');
      return at.log.text();
    };
    const first = await run();
    await at.close();
    expect(await run()).toBe(first);
  });
});
