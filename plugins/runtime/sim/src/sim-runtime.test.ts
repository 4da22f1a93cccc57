import { seededRandom } from '@keelson/sdk';
import type { Pod } from '@keelson/api/core/v1';
import { runtimeContract } from '@keelson/node/runtime-contract-suite';
import { VirtualClock } from '@keelson/testing/virtual-clock';
import { SimImages } from './sim-images.ts';
import { SimRuntime } from './sim-runtime.ts';

function simRuntime(clock: VirtualClock, podCidr = '10.244.0.0/24', jitter = 0): SimRuntime {
  const defaults = { startMs: 0, pullMs: 0, stopMs: 0, initMs: 0, jobMs: 1000 };
  return new SimRuntime({ clock, random: seededRandom('test'), images: new SimImages(), podCidr, hostIp: '172.18.0.2', defaults, jitter });
}

runtimeContract('sim', async () => {
  const clock = new VirtualClock();
  const runtime = simRuntime(clock);
  return {
    runtime,
    forever: {},
    stubborn: { annotations: { 'sim.keelson.io/stop-delay': '1h' } },
    failing: { annotations: { 'sim.keelson.io/exit-after': '1s', 'sim.keelson.io/exit-code': '3' } },
    advance: (ms) => clock.advance(ms),
    close: async () => {
      await runtime.close();
      expect(clock.pending).toBe(0);
    },
  };
});

const never = new AbortController().signal;
const sandbox = { podUid: 'u', podName: 'p', podNamespace: 'default', attempt: 0, hostname: 'p', labels: {}, annotations: {}, hostNetwork: false };
const container = {
  name: 'main', role: 'app' as const, attempt: 0, image: 'example.org/app:1', imageId: 'i', command: ['run'], args: [], workingDir: undefined, env: [], tty: false, stdin: false, annotations: {},
};

describe('sim runtime', () => {
  it('gives addresses out of the range and says when it is used up', async () => {
    const runtime = simRuntime(new VirtualClock(), '10.9.8.0/29');
    const ips = [];
    for (let index = 0; index < 5; index++) ips.push((await runtime.runSandbox({ ...sandbox, podUid: `u${index}` })).ips[0]);
    expect(ips).toEqual(['10.9.8.2', '10.9.8.3', '10.9.8.4', '10.9.8.5', '10.9.8.6']);
    await expect(runtime.runSandbox(sandbox)).rejects.toThrow('no free address in pod range 10.9.8.0/29');
  });

  it('uses a freed address again', async () => {
    const runtime = simRuntime(new VirtualClock(), '10.9.8.0/30');
    const first = await runtime.runSandbox(sandbox);
    await runtime.stopSandbox(first.id);
    expect((await runtime.runSandbox(sandbox)).ips).toEqual(first.ips);
  });

  it('delays starts and pulls by the clock, and gives up at once when told to', async () => {
    const clock = new VirtualClock();
    const runtime = simRuntime(clock);
    const { id } = await runtime.runSandbox({ ...sandbox, annotations: { 'sim.keelson.io/pull-delay': '3s', 'main.sim.keelson.io/start-delay': '2s' } });
    let pulled = false;
    const pulling = runtime.pullImage('example.org/app:1', id, never).then(() => void (pulled = true));
    await clock.advance('2999ms');
    expect(pulled).toBe(false);
    await clock.advance('1ms');
    await pulling;
    const containerId = await runtime.createContainer(id, container);
    const abort = new AbortController();
    const starting = expect(runtime.startContainer(containerId, abort.signal)).rejects.toThrow('enough');
    await clock.advance('1s');
    abort.abort(new Error('enough'));
    await starting;
    expect(runtime.containerStatus(containerId)?.state).toBe('created');
  });

  it('fails pulls on request, naming the image', async () => {
    const runtime = simRuntime(new VirtualClock());
    const { id } = await runtime.runSandbox({ ...sandbox, annotations: { 'sim.keelson.io/pull-failure': 'app' } });
    await expect(runtime.pullImage('example.org/app:1', id, never)).rejects.toThrow('simulated: failed to pull image "example.org/app:1"');
    expect(await runtime.pullImage('example.org/other:1', id, never)).toMatchObject({ names: ['example.org/other:1'] });
  });

  it('answers probes by age', async () => {
    const clock = new VirtualClock();
    const runtime = simRuntime(clock);
    const { id } = await runtime.runSandbox({ ...sandbox, annotations: { 'sim.keelson.io/ready-after': '5s', 'sim.keelson.io/live-for': '8s' } });
    const containerId = await runtime.createContainer(id, container);
    await runtime.startContainer(containerId, never);
    expect(await runtime.probe(containerId, 'readiness', {})).toEqual({ ok: false, message: 'simulated: not ready yet' });
    await clock.advance('5s');
    expect(await runtime.probe(containerId, 'readiness', {})).toEqual({ ok: true });
    expect(await runtime.probe(containerId, 'liveness', {})).toEqual({ ok: true });
    await clock.advance('3s');
    expect(await runtime.probe(containerId, 'liveness', {})).toEqual({ ok: false, message: 'simulated: no longer alive' });
  });

  it('says in its logs that nothing runs', async () => {
    const runtime = simRuntime(new VirtualClock());
    const { id } = await runtime.runSandbox(sandbox);
    const containerId = await runtime.createContainer(id, container);
    await runtime.startContainer(containerId, never);
    let log = '';
    await runtime.readLog(containerId, {}, (chunk) => void (log += chunk));
    expect(log.split('\n').filter((line) => line !== '').every((line) => line.startsWith('simulated: '))).toBe(true);
    expect(log).toContain('no process runs');
  });

  it('ends init containers by themselves and the pods of Jobs after a while, others never', async () => {
    const clock = new VirtualClock();
    const runtime = simRuntime(clock);
    const { id } = await runtime.runSandbox(sandbox);
    const job = await runtime.runSandbox({ ...sandbox, labels: { 'batch.kubernetes.io/job-name': 'j' } });
    const started = async (sandboxId: string, role: 'init' | 'app'): Promise<string> => {
      const containerId = await runtime.createContainer(sandboxId, { ...container, role });
      await runtime.startContainer(containerId, never);
      return containerId;
    };
    const [init, app, work] = [await started(id, 'init'), await started(id, 'app'), await started(job.id, 'app')];
    await clock.advance('1s');
    expect([init, app, work].map((containerId) => runtime.containerStatus(containerId)?.state)).toEqual(['exited', 'running', 'exited']);
    await clock.advance('24h');
    expect(runtime.containerStatus(app)?.state).toBe('running');
  });

  it('takes over from the API what an earlier agent ran, and its planned end', async () => {
    const clock = new VirtualClock();
    const startedAt = new Date(clock.now() - 10_000).toISOString();
    const pod = {
      apiVersion: 'v1', kind: 'Pod',
      metadata: { name: 'p', namespace: 'default', uid: 'u1', resourceVersion: '1', creationTimestamp: startedAt, annotations: { 'sim.keelson.io/exit-after': '15s' } },
      spec: { containers: [{ name: 'main', image: 'example.org/app:1' }] },
      status: {
        podIP: '10.244.0.9', startTime: startedAt,
        containerStatuses: [{ name: 'main', image: 'example.org/app:1', imageID: 'i', containerID: 'sim://abc', restartCount: 4, ready: true, state: { running: { startedAt } } }],
      },
    } as Pod;
    const runtime = simRuntime(clock);
    const { sandboxes, containers } = await runtime.recover([pod]);
    expect(sandboxes).toMatchObject([{ podUid: 'u1', state: 'ready', ips: ['10.244.0.9'] }]);
    expect(containers).toMatchObject([{ id: 'abc', name: 'main', attempt: 4, state: 'running' }]);
    await clock.advance('6s');
    expect(runtime.containerStatus('abc')).toMatchObject({ state: 'exited', exitCode: 0 });
  });
});
