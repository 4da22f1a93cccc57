import { describeWith } from '../../../../tools/jest/require-part.ts';
import { seededRandom } from '@keelson/sdk';
import type { ContainerConfig, ContainerEvent, ContainerRuntime } from '@keelson/sdk/runtime';
import { openTestRuntime, removeAll } from './testdata/open-test-runtime.ts';
import { TestContainerd, realContainerd, sleep } from './testdata/containerd.ts';

const never = new AbortController().signal;

describeWith(realContainerd)('pods while containerd is killed at any moment', () => {
  let containerd: TestContainerd;
  let runtime: ContainerRuntime;

  beforeAll(async () => {
    containerd = new TestContainerd('bridge');
    await containerd.start();
  }, 60_000);
  afterAll(() => containerd.destroy(), 60_000);

  it('are made once, end once, and leave neither networks nor cgroups', async () => {
    const random = seededRandom('kills');
    runtime = await openTestRuntime(containerd);
    await runtime.recover([]);
    const events: ContainerEvent[] = [];
    runtime.onEvent((event) => events.push(event));
    const image = (await runtime.imageStatus('keelson.dev/busybox:1'))!;
    let working = true;
    const killer = (async () => {
      while (working) {
        await sleep(400 + 900 * random.next());
        await containerd.kill('SIGKILL');
        await containerd.launch();
      }
    })();
    const ended: string[] = [];
    const pods = async (count: number): Promise<void> => {
      for (let pod = 0; pod < count; pod++) {
        const { id: sandboxId } = await again(() => runtime.runSandbox({ podUid: `k${pod}`, podName: `k${pod}`, podNamespace: 'default', attempt: 0, hostname: 'k', labels: {}, annotations: {}, hostNetwork: false }, never));
        // A container whose start broke off is not started twice: as the agent does, the next one takes its place.
        for (let attempt = 0; ; attempt++) {
          const config: ContainerConfig = { name: 'main', role: 'app', attempt, image: 'keelson.dev/busybox:1', imageId: image.id, command: ['sh', '-c', 'echo ran; exit 3'], args: [], workingDir: undefined, env: [], tty: false, stdin: false, annotations: {} };
          const id = await again(() => runtime.createContainer(sandboxId, config, never));
          const started = await runtime.startContainer(id, never).then(() => true, () => false);
          if (!started) continue;
          for (let tries = 0; runtime.containerStatus(id)?.state !== 'exited'; tries++) {
            if (tries > 500) throw new Error(`the end of container ${id} is not told`);
            await sleep(20);
          }
          // Killed between the end of a process and noting it, containerd itself no longer knows the exit code.
          expect([3, 255]).toContain(runtime.containerStatus(id)!.exitCode);
          ended.push(id);
          break;
        }
        if (pod % 2 === 0) await again(() => runtime.removeSandbox(sandboxId));
      }
    };
    try {
      await pods(8);
    } finally {
      working = false;
      await killer;
    }
    await sleep(100);
    expect(events.filter(({ type }) => type === 'exited').map(({ containerId }) => containerId)).toEqual(ended);
    await runtime.close();
    await removeAll(containerd);
    // containerd 1.6 forgets shims, without any process, that it was starting or ending when it was killed.
    const { cgroups, links } = containerd.leftovers();
    expect({ cgroups, links }).toEqual({ cgroups: [], links: [] });
  }, 120_000);
});

/** As the agent does: what failed is tried again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries >= 20) throw error;
      await sleep(100);
    }
  }
}
