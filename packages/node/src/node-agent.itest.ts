import { type ConfigMap, Event, Node, Pod, type PodSpec, type PodStatus } from '@keelson/api/core/v1';
import { Lease } from '@keelson/api/coordination/v1';
import { defineDistribution, use, type Distribution } from '@keelson/distro';
import runtimeSim from '@keelson/runtime-sim';
import { cluster, type TestCluster } from '@keelson/testing';
import { withSpan } from '@keelson/telemetry';
import nodeAgent from './plugin.ts';

const distribution = (config: object = {}): Distribution =>
  defineDistribution({ name: 'agent', version: '0.1.0', plugins: [runtimeSim, use(nodeAgent, config as never)] });

let at: TestCluster;

afterEach(async () => {
  await at.close();
  expect(at.clock.pending).toBe(0);
});

async function boot(config: object = {}, seed = 'agent'): Promise<TestCluster> {
  at = await cluster(distribution(config), { seed });
  await at.advance('1s');
  return at;
}

interface PodOptions {
  readonly spec?: Partial<PodSpec>;
  readonly annotations?: Record<string, string>;
}

async function run(name: string, { spec = {}, annotations = {} }: PodOptions = {}): Promise<void> {
  const object = {
    apiVersion: 'v1', kind: 'Pod',
    metadata: { name, namespace: 'default', annotations },
    spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'example.org/app:1' }], ...spec },
  };
  await at.api.create(object as unknown as Pod);
}

const get = (name: string): Promise<Pod | undefined> => at.api.get(Pod, { namespace: 'default', name });
const status = async (name: string): Promise<PodStatus> => (await get(name))?.status ?? {};
const main = async (name: string) => (await status(name)).containerStatuses?.[0];
const condition = async (name: string, type: string) => (await status(name)).conditions?.find((one) => one.type === type);

async function events(name: string): Promise<readonly string[]> {
  const { items } = await at.api.list(Event, { namespace: 'default' });
  return items.filter(({ involvedObject }) => involvedObject.name === name).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
}

describe('nodes', () => {
  it('register with labels, capacity, conditions, a pod range and a Lease', async () => {
    await boot({ nodes: 2, labels: { disk: 'ssd' }, capacity: { cpu: '4' } });
    const { items } = await at.api.list(Node);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['node-1', 'node-2']);
    const [, second] = items;
    expect(second).toMatchObject({
      metadata: { labels: { 'kubernetes.io/hostname': 'node-2', 'kubernetes.io/os': 'linux', 'keelson.io/runtime': 'sim', disk: 'ssd' } },
      spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24'] },
      status: {
        capacity: { cpu: '4', pods: '110' },
        addresses: [{ type: 'InternalIP', address: '172.18.0.3' }, { type: 'Hostname', address: 'node-2' }],
        nodeInfo: { containerRuntimeVersion: 'sim://0.1.0' },
      },
    });
    expect(second!.status!.conditions!.map(({ type, status: value, reason }) => `${type} ${value} ${reason ?? ''}`)).toEqual([
      'MemoryPressure False KubeletHasSufficientMemory', 'DiskPressure False KubeletHasNoDiskPressure', 'PIDPressure False KubeletHasSufficientPID', 'Ready True KubeletReady',
    ]);
    const lease = await at.api.get(Lease, { namespace: 'kube-node-lease', name: 'node-2' });
    expect(lease).toMatchObject({ spec: { holderIdentity: 'node-2', leaseDurationSeconds: 40 }, metadata: { ownerReferences: [{ kind: 'Node', name: 'node-2' }] } });
  });

  it('renew their Leases within the grace and write little else while idle', async () => {
    await boot({ nodes: 25 });
    await at.advance('1m');
    const before = Number((await at.api.list(Node)).resourceVersion);
    await at.advance('1m');
    const writes = Number((await at.api.list(Node)).resourceVersion) - before;
    expect(writes).toBeGreaterThanOrEqual(25 * 6);
    expect(writes).toBeLessThanOrEqual(25 * 7 + 25);
    for (const { spec } of (await at.api.list(Lease, { namespace: 'kube-node-lease' })).items) expect(at.clock.now() - Date.parse(spec.renewTime!)).toBeLessThanOrEqual(11_000);
  });

  it('say that they are ready again after somebody gave them up', async () => {
    await boot();
    const lost = { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
    await at.api.patch(Node, { name: 'node-1' }, { type: 'strategic', body: { status: { conditions: [lost] } } }, { subresource: 'status' });
    await at.advance(0);
    expect((await at.api.get(Node, { name: 'node-1' }))!.status!.conditions!.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'True', reason: 'KubeletReady' });
  });

  it('refuses ranges that do not hold them, before anything is written', async () => {
    at = await cluster(distribution(), {});
    await expect(cluster(distribution({ nodes: 5, podCidr: '10.9.0.0/23' }))).rejects.toThrow(/range 10\.9\.0\.0\/23 has no room for network number 3 of \/24/);
  });
});

describe('a pod', () => {
  it('comes up with one status write, in upstream’s words', async () => {
    await boot();
    await run('web', { spec: { containers: [{ name: 'main', image: 'example.org/app:1', resources: { requests: { cpu: '100m' } } }] } });
    const created = Number((await get('web'))!.metadata.resourceVersion);
    await at.advance(0);
    const pod = (await get('web'))!;
    const writes = at.log.text().split('\n').filter((line) => line.includes('/pods/') && line.includes('web'));
    expect(writes.length).toBe(2);
    expect(Number(pod.metadata.resourceVersion)).toBeGreaterThan(created);
    expect(pod.status).toMatchObject({
      phase: 'Running', hostIP: '172.18.0.2', podIP: '10.244.0.2', podIPs: [{ ip: '10.244.0.2' }], qosClass: 'Burstable', startTime: '2026-01-01T00:00:01Z',
      containerStatuses: [
        { name: 'main', ready: true, started: true, restartCount: 0, image: 'example.org/app:1', state: { running: { startedAt: '2026-01-01T00:00:01Z' } }, lastState: {} },
      ],
    });
    expect(pod.status!.containerStatuses![0]!.containerID).toMatch(/^sim:\/\/[0-9a-f]{64}$/);
    expect(pod.status!.conditions!.map(({ type, status: value }) => `${type}=${value}`).sort()).toEqual([
      'ContainersReady=True', 'Initialized=True', 'PodReadyToStartContainers=True', 'PodScheduled=True', 'Ready=True',
    ]);
    await at.advance('1s');
    expect([...(await events('web'))].sort()).toEqual([
      'Normal Created: Created container: main',
      expect.stringMatching(/^Normal Pulled: Successfully pulled image "example.org\/app:1" in 0s \(0s including waiting\)\. Image size: \d+ bytes\.$/),
      'Normal Pulling: Pulling image "example.org/app:1"',
      'Normal Started: Started container main',
    ]);
    await run('other');
    await at.advance('1s');
    expect(await events('other')).toContain('Normal Pulled: Container image "example.org/app:1" already present on machine');
  });

  it('shows what it waits for while it starts slowly', async () => {
    await boot();
    await run('slow', { annotations: { 'sim.keelson.io/start-delay': '3s' } });
    await at.advance('1s');
    expect(await main('slow')).toMatchObject({ state: { waiting: { reason: 'ContainerCreating' } }, ready: false, started: false });
    expect((await status('slow')).phase).toBe('Pending');
    expect(await condition('slow', 'Ready')).toMatchObject({ status: 'False', reason: 'ContainersNotReady', message: 'containers with unready status: [main]' });
    await at.advance('3s');
    expect((await status('slow')).phase).toBe('Running');
  });

  it('restarts with a growing back-off, as upstream words and times it', async () => {
    await boot();
    await run('crash', { annotations: { 'sim.keelson.io/exit-after': '1s', 'sim.keelson.io/exit-code': '2' } });
    await at.advance('500ms');
    expect(await main('crash')).toMatchObject({ restartCount: 0, state: { running: {} } });
    // Ends after 1 s, is started again at once.
    await at.advance('1s');
    expect(await main('crash')).toMatchObject({ restartCount: 1, state: { running: {} }, lastState: { terminated: { exitCode: 2, reason: 'Error' } } });
    await at.advance('1s');
    const { uid } = (await get('crash'))!.metadata;
    expect(await main('crash')).toMatchObject({
      restartCount: 1, ready: false,
      state: { waiting: { reason: 'CrashLoopBackOff', message: `back-off 10s restarting failed container=main pod=crash_default(${uid})` } },
      lastState: { terminated: { exitCode: 2, reason: 'Error' } },
    });
    expect((await status('crash')).phase).toBe('Running');
    await at.advance('9s');
    expect((await main('crash'))!.restartCount).toBe(1);
    await at.advance('1s');
    expect((await main('crash'))!.restartCount).toBe(2);
    await at.advance('2s');
    expect((await main('crash'))!.state!.waiting!.message).toContain('back-off 20s ');
    await at.advance('30m');
    expect((await main('crash'))!.state!.waiting!.message).toContain('back-off 5m0s ');
    expect((await events('crash')).find((text) => text.includes('BackOff'))).toBe(`Warning BackOff: Back-off restarting failed container main in pod crash_default(${uid})`);
  });

  it.each([
    ['Never', '0', 'Succeeded', 'Completed', 0],
    ['Never', '3', 'Failed', 'Error', 0],
    ['OnFailure', '0', 'Succeeded', 'Completed', 0],
  ] as const)('with restartPolicy %s and exit code %s ends as %s', async (restartPolicy, code, phase, reason, restarts) => {
    await boot();
    await run('task', { spec: { restartPolicy }, annotations: { 'sim.keelson.io/exit-after': '2s', 'sim.keelson.io/exit-code': code } });
    await at.advance('3s');
    expect(await status('task')).toMatchObject({ phase, containerStatuses: [{ ready: false, restartCount: restarts, state: { terminated: { exitCode: Number(code), reason } } }] });
    expect(await condition('task', 'Ready')).toMatchObject({ status: 'False', reason: phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed' });
    const { metadata } = (await get('task'))!;
    await at.advance('1h');
    expect((await get('task'))!.metadata.resourceVersion).toBe(metadata.resourceVersion);
  });

  it('runs init containers in order, then the others', async () => {
    await boot();
    const initContainers = [{ name: 'one', image: 'i' }, { name: 'two', image: 'i' }];
    await run('init', { spec: { initContainers }, annotations: { 'one.sim.keelson.io/exit-after': '2s', 'two.sim.keelson.io/exit-after': '3s' } });
    await at.advance('1s');
    expect(await status('init')).toMatchObject({
      phase: 'Pending',
      initContainerStatuses: [{ name: 'one', state: { running: {} } }, { name: 'two', state: { waiting: { reason: 'PodInitializing' } } }],
      containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    });
    expect(await condition('init', 'Initialized')).toMatchObject({ status: 'False', reason: 'ContainersNotInitialized', message: 'containers with incomplete status: [one two]' });
    await at.advance('2s');
    expect(await condition('init', 'Initialized')).toMatchObject({ message: 'containers with incomplete status: [two]' });
    await at.advance('3s');
    expect(await status('init')).toMatchObject({
      phase: 'Running',
      initContainerStatuses: [{ ready: true, state: { terminated: { reason: 'Completed' } } }, { state: { terminated: { exitCode: 0 } } }],
      containerStatuses: [{ ready: true }],
    });
  });

  it('fails when an init container fails and may not be tried again', async () => {
    await boot();
    await run('init', {
      spec: { restartPolicy: 'Never', initContainers: [{ name: 'one', image: 'i' }] },
      annotations: { 'one.sim.keelson.io/exit-after': '1s', 'one.sim.keelson.io/exit-code': '1' },
    });
    await at.advance('2s');
    expect(await status('init')).toMatchObject({ phase: 'Failed', initContainerStatuses: [{ state: { terminated: { exitCode: 1 } } }] });
    expect((await main('init'))!.restartCount).toBe(0);
    expect(await main('init')).not.toHaveProperty('containerID');
  });

  it('starts sidecars first, keeps them running, and ends them last', async () => {
    await boot();
    await run('side', {
      spec: { restartPolicy: 'Never', initContainers: [{ name: 'proxy', image: 'i', restartPolicy: 'Always' }] },
      annotations: { 'main.sim.keelson.io/exit-after': '5s' },
    });
    await at.advance('1s');
    expect(await status('side')).toMatchObject({ phase: 'Running', initContainerStatuses: [{ state: { running: {} }, ready: true, started: true }] });
    await at.advance('5s');
    expect(await status('side')).toMatchObject({ phase: 'Succeeded', initContainerStatuses: [{ state: { terminated: {} } }] });
  });

  it('says why an image cannot be pulled, and backs off', async () => {
    await boot();
    await run('nopull', { annotations: { 'sim.keelson.io/pull-failure': 'true' } });
    await at.advance('100ms');
    const why = 'simulated: failed to pull image "example.org/app:1"';
    expect((await main('nopull'))!.state).toEqual({ waiting: { reason: 'ErrImagePull', message: why } });
    await at.advance('2s');
    expect((await main('nopull'))!.state).toEqual({ waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "example.org/app:1": ErrImagePull: ${why}` } });
    const pulls = async (): Promise<number> => (await at.api.list(Event, { namespace: 'default' })).items.filter(({ reason }) => reason === 'Pulling').reduce((sum, { count }) => sum + (count ?? 1), 0);
    expect(await pulls()).toBe(1);
    await at.advance('9s');
    expect(await pulls()).toBe(2);
    await at.advance('18s');
    expect(await pulls()).toBe(2);
    await at.advance('2s');
    expect(await pulls()).toBe(3);
    expect(await events('nopull')).toEqual(expect.arrayContaining([
      `Warning Failed: Failed to pull image "example.org/app:1": ${why}`, 'Warning Failed: Error: ErrImagePull', 'Normal BackOff: Back-off pulling image "example.org/app:1"', 'Warning Failed: Error: ImagePullBackOff',
    ]));
  });

  it('waits for the ConfigMap that its variables come from', async () => {
    await boot();
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }];
    await run('env', { spec: { containers: [{ name: 'main', image: 'i', env }] } });
    await at.advance('1s');
    expect((await main('env'))!.state).toEqual({ waiting: { reason: 'CreateContainerConfigError', message: 'configmap "settings" not found' } });
    expect(await events('env')).toContain('Warning Failed: Error: configmap "settings" not found');
    await at.apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1' } } as unknown as ConfigMap]);
    await at.advance('11s');
    expect((await status('env')).phase).toBe('Running');
  });

  it('is ready when its readiness probe says so, and no longer when it stops saying so', async () => {
    await boot();
    const containers = [{ name: 'main', image: 'i', readinessProbe: { httpGet: { port: 80 }, periodSeconds: 2 } }];
    await run('probed', { spec: { containers }, annotations: { 'sim.keelson.io/ready-after': '5s' } });
    await at.advance('1s');
    expect(await main('probed')).toMatchObject({ ready: false, started: true, state: { running: {} } });
    expect(await events('probed')).toContain('Warning Unhealthy: Readiness probe failed: simulated: not ready yet');
    await at.advance('6s');
    expect(await main('probed')).toMatchObject({ ready: true });
    expect(await condition('probed', 'Ready')).toMatchObject({ status: 'True', lastTransitionTime: '2026-01-01T00:00:07Z' });
  });

  it('is restarted when its liveness probe fails, but not before its startup probe has succeeded', async () => {
    await boot();
    const probe = { httpGet: { port: 80 }, periodSeconds: 1 };
    const containers = [{ name: 'main', image: 'i', startupProbe: { ...probe, failureThreshold: 30 }, livenessProbe: { ...probe, failureThreshold: 2 } }];
    await run('live', { spec: { containers }, annotations: { 'sim.keelson.io/startup-after': '10s', 'sim.keelson.io/live-for': '5s' } });
    await at.advance('9s');
    expect(await main('live')).toMatchObject({ started: false, ready: false, restartCount: 0 });
    await at.advance('3s');
    expect(await main('live')).toMatchObject({ restartCount: 1, lastState: { terminated: {} } });
    expect(await events('live')).toEqual(expect.arrayContaining([
      'Warning Unhealthy: Liveness probe failed: simulated: no longer alive', 'Normal Killing: Container main failed liveness probe, will be restarted',
    ]));
  });

  it('waits for its readiness gates, which others set', async () => {
    await boot();
    await run('gated', { spec: { readinessGates: [{ conditionType: 'example.org/lb' }] } });
    await at.advance('1s');
    expect(await condition('gated', 'Ready')).toMatchObject({
      status: 'False', reason: 'ReadinessGatesNotReady', message: 'corresponding condition of pod readiness gate "example.org/lb" does not exist.',
    });
    const body = { status: { conditions: [{ type: 'example.org/lb', status: 'True' }] } };
    await at.api.patch(Pod, { namespace: 'default', name: 'gated' }, { type: 'strategic', body }, { subresource: 'status' });
    await at.advance(0);
    expect(await condition('gated', 'Ready')).toMatchObject({ status: 'True' });
    expect(await condition('gated', 'Ready')).not.toHaveProperty('reason');
    expect(await condition('gated', 'example.org/lb')).toMatchObject({ status: 'True' });
  });

  it('fails when its deadline is over', async () => {
    await boot();
    await run('late', { spec: { activeDeadlineSeconds: 5 } });
    await at.advance('4s');
    expect((await status('late')).phase).toBe('Running');
    await at.advance('2s');
    expect(await status('late')).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' });
  });

  it('ends what somebody else has failed', async () => {
    await boot();
    await run('evicted');
    await at.advance('1s');
    const body = { status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' } };
    await at.api.patch(Pod, { namespace: 'default', name: 'evicted' }, { type: 'merge', body }, { subresource: 'status' });
    await at.advance('1s');
    expect(await status('evicted')).toMatchObject({ phase: 'Failed', reason: 'Evicted', containerStatuses: [{ ready: false, state: { terminated: { exitCode: 0 } } }] });
  });
});

describe('the end of a pod', () => {
  it('is graceful: stop, final status, then the object goes', async () => {
    await boot();
    await run('bye', { annotations: { 'sim.keelson.io/stop-delay': '5s' } });
    await at.advance('1s');
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'bye' } });
    await at.advance('4s');
    expect((await get('bye'))!.metadata.deletionTimestamp).toBeDefined();
    const seen: string[] = [];
    const watch = at.api.watch(Pod, { namespace: 'default', resourceVersion: (await get('bye'))!.metadata.resourceVersion }, {
      event: ({ type, object }) => seen.push(`${type} ${object.status?.phase} ${object.status?.containerStatuses?.[0]?.state?.terminated?.exitCode}`),
      end: () => undefined,
    });
    await at.advance('2s');
    watch.stop();
    expect(await get('bye')).toBeUndefined();
    expect(seen[0]).toBe('MODIFIED Succeeded 0');
    expect(seen.at(-1)).toMatch(/^DELETED /);
    expect(await events('bye')).toContain('Normal Killing: Stopping container main');
  });

  it('runs preStop within the grace and kills what takes too long', async () => {
    await boot();
    const containers = [{ name: 'main', image: 'i', lifecycle: { preStop: { sleep: { seconds: 4 } } } }];
    await run('stuck', { spec: { containers, terminationGracePeriodSeconds: 10 }, annotations: { 'sim.keelson.io/stop-delay': '1h' } });
    await at.advance('1s');
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'stuck' } });
    await at.advance('9s');
    expect(await main('stuck')).toMatchObject({ state: { running: {} } });
    await at.advance('2s');
    expect(await get('stuck')).toBeUndefined();
  });

  it('is hurried by a second deletion with a shorter grace', async () => {
    await boot();
    await run('hurry', { spec: { terminationGracePeriodSeconds: 600 }, annotations: { 'sim.keelson.io/stop-delay': '1h' } });
    await at.advance('1s');
    const ref = { kind: Pod, ref: { namespace: 'default', name: 'hurry' } };
    await at.api.delete(ref);
    await at.advance('10s');
    await at.api.delete(ref, { gracePeriodSeconds: 2 });
    await at.advance('3s');
    expect(await get('hurry')).toBeUndefined();
  });

  it('interrupts a start, and makes room for a new pod of the same name', async () => {
    await boot();
    await run('again', { annotations: { 'sim.keelson.io/start-delay': '1h' } });
    await at.advance('1s');
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'again' } });
    await at.advance('1s');
    expect(await get('again')).toBeUndefined();
    await run('again');
    await at.advance('1s');
    expect((await status('again')).phase).toBe('Running');
  });

  it('comes for a pod that was deleted by force, too', async () => {
    await boot();
    await run('forced', { annotations: { 'sim.keelson.io/stop-delay': '1h' } });
    await at.advance('1s');
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'forced' } }, { gracePeriodSeconds: 0 });
    await at.advance('2s');
    await run('next');
    await at.advance('1s');
    // The address of the dead one is free again, the range goes on behind it.
    expect((await status('next')).podIP).toBe('10.244.0.3');
    expect(await get('forced')).toBeUndefined();
  });
});

describe('an agent that comes back', () => {
  it('takes over what runs, without restarting or writing anything about it', async () => {
    await boot();
    await run('old', { annotations: { 'sim.keelson.io/exit-after': '1h' } });
    await at.advance('10m');
    const before = (await get('old'))!;
    const fork = await at.fork();
    await fork.advance('1m');
    const after = (await fork.api.get(Pod, { namespace: 'default', name: 'old' }))!;
    expect(after.status).toEqual(before.status);
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    await fork.advance('50m');
    expect((await fork.api.get(Pod, { namespace: 'default', name: 'old' }))!.status!.containerStatuses![0]).toMatchObject({ restartCount: 1 });
    await fork.close();
  });

  it('finishes a deletion that was under way', async () => {
    await boot();
    await run('leaving', { annotations: { 'sim.keelson.io/stop-delay': '20s' } });
    await at.advance('1s');
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'leaving' } });
    await at.advance('1s');
    const fork = await at.fork();
    await fork.advance('1m');
    expect(await fork.api.get(Pod, { namespace: 'default', name: 'leaving' })).toBeUndefined();
    await fork.close();
  });
});

describe('traces', () => {
  it('lead from the write that brought the pod to the status that it came to, and to its end', async () => {
    await boot();
    const tracer = at.cluster.tracing.tracer('test');
    const causes: (string | undefined)[] = [];
    at.api.watch(Pod, { namespace: 'default', resourceVersion: '0' }, { event: ({ type, cause }) => void (type === 'MODIFIED' && causes.push(cause?.traceId)), end: () => undefined });
    const traceId = await withSpan(tracer, 'apply', { parent: 'root' }, async (span) => {
      await run('web');
      return span.spanContext().traceId;
    });
    await at.advance('1s');
    at.trace.expectPath(['apply', 'store create pods', 'sync pod', 'pull image']);
    at.trace.expectPath(['apply', 'store create pods', 'sync pod', 'start container']);
    // The status is written after the pass, so without a span of its own, but in its name.
    expect(causes).toEqual([traceId]);
    await withSpan(tracer, 'remove', { parent: 'root' }, () => at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'web' } }));
    await at.advance('1s');
    at.trace.expectPath(['remove', 'store update pods', 'sync pod', 'store delete pods']);
  });
});

describe('logs', () => {
  const read = async (pod: string, container?: string, options = {}): Promise<string> => {
    let text = '';
    await at.cluster.server.podLogs!.read({ namespace: 'default', name: pod }, container, options, (chunk) => void (text += chunk));
    return text;
  };

  it('are read in-process, of the present and of the previous container', async () => {
    await boot();
    await run('web', { annotations: { 'sim.keelson.io/exit-after': '2s', 'sim.keelson.io/exit-code': '4' } });
    await at.advance('1s');
    expect(await read('web')).toContain('simulated: started');
    await expect(read('web', 'main', { previous: true })).rejects.toThrow('previous terminated container "main" in pod "web" not found');
    await at.advance('2s');
    expect(await read('web', 'main', { previous: true })).toContain('ended with exit code 4');
    expect(await read('web', 'main')).not.toContain('ended');
  });

  it.each([
    ['no-such', undefined, 'pods "no-such" not found'],
    ['two', undefined, 'a container name must be specified for pod two, choose one of: [a b]'],
    ['two', 'c', 'container c is not valid for pod two'],
    ['slow', 'main', 'container "main" in pod "slow" is waiting to start: ContainerCreating'],
  ] as const)('of %s %s are refused: %s', async (pod, container, message) => {
    await boot();
    await run('two', { spec: { containers: [{ name: 'a', image: 'i' }, { name: 'b', image: 'i' }] } });
    await run('slow', { annotations: { 'sim.keelson.io/pull-delay': '1h' } });
    await at.advance('1s');
    await expect(read(pod, container)).rejects.toThrow(message);
  });
});

describe('many pods', () => {
  it('run the same way twice under one seed', async () => {
    const once = async (): Promise<string> => {
      await boot({ nodes: 3 }, 'repeat');
      for (let index = 0; index < 30; index++) {
        await run(`p${index}`, { spec: { nodeName: `node-${(index % 3) + 1}` }, annotations: index % 5 === 0 ? { 'sim.keelson.io/exit-after': '7s', 'sim.keelson.io/exit-code': '1' } : {} });
      }
      await at.advance('2m');
      const text = at.log.text();
      return text;
    };
    const first = await once();
    await at.close();
    expect(await once()).toBe(first);
  });

  it('leave no worker behind', async () => {
    await boot({ nodes: 2 });
    for (let index = 0; index < 40; index++) await run(`p${index}`, { spec: { nodeName: `node-${(index % 2) + 1}` } });
    await at.advance('5s');
    expect((await at.api.list(Pod)).items.every(({ status: now }) => now?.phase === 'Running')).toBe(true);
    const timers = at.clock.pending;
    await at.api.deleteCollection(Pod, { namespace: 'default' });
    await at.advance('5s');
    expect((await at.api.list(Pod)).items).toEqual([]);
    expect(at.clock.pending).toBeLessThanOrEqual(timers);
  });

  it.each(['a', 'b', 'c', 'd'])('survive late, cut and swapped events, refused and lost writes (seed %s)', async (seed) => {
    await boot({ nodes: 3 }, seed);
    at.faults.set({ stale: 0.1, staleMs: 3000, drop: 0.02, reorder: 0.2, failWrite: 0.1, loseAnswer: 0.1 });
    for (let index = 0; index < 30; index++) {
      await run(`p${index}`, {
        spec: { nodeName: `node-${(index % 3) + 1}`, restartPolicy: index % 4 === 0 ? 'Never' : 'Always' },
        annotations: index % 4 === 0 ? { 'sim.keelson.io/exit-after': '4s' } : index % 4 === 1 ? { 'sim.keelson.io/start-delay': '2s' } : {},
      });
      if (index % 5 === 0) await at.advance('700ms');
    }
    const phases = async (): Promise<string> => (await at.api.list(Pod)).items.map(({ metadata, status: now }) => `${metadata.name}=${now?.phase}`).join(' ');
    const wanted = Array.from({ length: 30 }, (_, index) => `p${index}=${index % 4 === 0 ? 'Succeeded' : 'Running'}`).sort().join(' ');
    await at.eventually('every pod is where it should be', async () => (await phases()).split(' ').sort().join(' ') === wanted, '5m');
    expect(Object.values(at.faults.counts).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(20);
    // Nothing was restarted that did not end.
    for (const { status: now } of (await at.api.list(Pod)).items) expect(now!.containerStatuses![0]!.restartCount).toBe(0);
    await at.api.deleteCollection(Pod, { namespace: 'default' });
    await at.eventually('every pod is gone', async () => (await at.api.list(Pod)).items.length === 0, '5m');
    at.faults.set({});
    await at.advance('1m');
  });
});
