import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pod, type Container, type PodSpec } from '@keelson/api/core/v1';
import { defineDistribution, use } from '@keelson/distro';
import nodeAgent from '@keelson/node/plugin';
import { cluster, type TestCluster } from '@keelson/testing';
import runtimeProcess from './plugin.ts';

let root: string;
let at: TestCluster;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'keelson-process-cluster-'));
  at = await cluster(defineDistribution({ name: 'processes', version: '0.1.0', plugins: [use(runtimeProcess, { root }), use(nodeAgent, { runtime: 'process' })] }));
  await at.advance(0);
});
afterEach(async () => {
  await at.close();
  // The cluster's deadlines pass in virtual time, processes die in real time: the last of them a moment after the signal.
  for (let tries = 0; tries < 250 && processes().length > 0; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(processes()).toEqual([]);
  rmSync(root, { recursive: true });
});

/** Processes that carry the folder of this test in their environment. */
function processes(): readonly string[] {
  return readdirSync('/proc').filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/environ`, 'utf8').includes(root) && !readFileSync(`/proc/${entry}/stat`, 'utf8').includes(') Z ');
    } catch {
      return false;
    }
  });
}

async function run(name: string, container: Partial<Container>, spec: Partial<PodSpec> = {}): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'none', ...container }], ...spec } };
  await at.api.create(object as unknown as Pod);
}

const get = (name: string) => at.api.get(Pod, { namespace: 'default', name });

/** Processes live in real time, everything else in virtual time: lets a little of both pass until it is so. */
async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) {
    if (tries > 400) throw new Error(`${what}: not so in time`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await at.advance(20);
  }
}
const phase = (name: string, wanted: string) => until(`${name} is ${wanted}`, async () => (await get(name))?.status?.phase === wanted);

describe('pods as processes', () => {
  it('run, print, are found in logs, and end with their pod', async () => {
    await run('web', { command: ['/bin/sh', '-c', 'echo "hello from $POD"; sleep 1000 & exec sleep 1000'], env: [{ name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] });
    await phase('web', 'Running');
    expect(processes().length).toBe(2);
    expect((await get('web'))!.status).toMatchObject({ podIP: '127.0.0.1', containerStatuses: [{ ready: true, image: 'none' }] });
    let log = '';
    await until('the log is written', async () => {
      log = '';
      await at.cluster.server.podLogs!.read({ namespace: 'default', name: 'web' }, 'main', {}, (chunk) => void (log += chunk));
      return log !== '';
    });
    expect(log).toBe('hello from web\n');
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'web' } });
    await until('the pod is gone', async () => (await get('web')) === undefined);
    expect(processes()).toEqual([]);
  });

  it('end with their exit code, and are restarted as the policy says', async () => {
    await run('once', { command: ['/bin/sh', '-c', 'exit 7'] }, { restartPolicy: 'Never' });
    await run('again', { command: ['/bin/sh', '-c', 'exit 1'] });
    await phase('once', 'Failed');
    expect((await get('once'))!.status!.containerStatuses![0]!.state!.terminated).toMatchObject({ exitCode: 7, reason: 'Error' });
    await until('it is in back-off', async () => (await get('again'))?.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff');
    expect((await get('again'))!.status!.containerStatuses![0]!.restartCount).toBe(1);
  });

  it('are probed by commands', async () => {
    const readinessProbe = { exec: { command: ['/bin/sh', '-c', 'test -e ready'] }, periodSeconds: 1 };
    await run('probed', { command: ['/bin/sh', '-c', 'sleep 0.5; touch ready; exec sleep 1000'], readinessProbe });
    await phase('probed', 'Running');
    expect((await get('probed'))!.status!.containerStatuses![0]!.ready).toBe(false);
    await until('it is ready', async () => (await get('probed'))?.status?.containerStatuses?.[0]?.ready === true);
  });

  it.each([
    [{}, 'CreateContainerConfigError', /container "main" has no command: the process runtime does not use images/],
    [{ command: ['no-such-program'] }, 'RunContainerError', /exec: "no-such-program": executable file not found in \$PATH/],
  ] as const)('say what is wrong with %j', async (container, reason, message) => {
    await run('wrong', container as Partial<Container>);
    await until(reason, async () => (await get('wrong'))?.status?.containerStatuses?.[0]?.state?.waiting?.reason === reason);
    expect((await get('wrong'))!.status!.containerStatuses![0]!.state!.waiting!.message).toMatch(message);
  });

  it('are all ended when the cluster stops', async () => {
    for (const name of ['a', 'b', 'c']) await run(name, { command: ['/bin/sleep', '1000'] });
    for (const name of ['a', 'b', 'c']) await phase(name, 'Running');
    expect(processes().length).toBe(3);
  });
});
