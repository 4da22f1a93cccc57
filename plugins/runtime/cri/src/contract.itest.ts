import { describeWith } from '../../../../tools/jest/require-part.ts';
import { runtimeContract } from '@keelson/node/runtime-contract-suite';
import { openTestRuntime, removeAll } from './testdata/open-test-runtime.ts';
import { TestContainerd, realContainerd, sleep } from './testdata/containerd.ts';

const shell = (script: string) => ({ container: { command: ['/bin/sh', '-c', script] } });

describeWith(realContainerd)('runtime cri with real containerd', () => {
  let containerd: TestContainerd;

  beforeAll(async () => {
    containerd = new TestContainerd('bridge');
    await containerd.start();
  }, 60_000);
  afterAll(() => containerd.destroy(), 60_000);

  runtimeContract('cri', async () => {
    const runtime = await openTestRuntime(containerd);
    return {
      runtime,
      forever: shell('trap "exit 0" TERM; echo one; echo two; while :; do sleep 0.1; done'),
      stubborn: shell('trap "" TERM; while :; do sleep 0.1; done'),
      failing: shell('exit 3'),
      missingProgram: {
        script: { container: { command: ['/no/such/program'] } },
        message: /^failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "\/no\/such\/program": stat \/no\/such\/program: no such file or directory: unknown$/,
      },
      shell: true,
      advance: (ms) => sleep(ms),
      close: async () => {
        await runtime.close();
        await removeAll(containerd);
        expect(containerd.leftovers()).toEqual({ processes: [], mounts: [], cgroups: [], links: [] });
      },
    };
  });
});
