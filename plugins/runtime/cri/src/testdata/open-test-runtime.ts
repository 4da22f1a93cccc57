// For tests only.
import { join } from 'node:path';
import { silentLogger, type Logger, type Tracer } from '@keelson/sdk';
import type { PodNetwork } from '@keelson/sdk/cni';
import type { ContainerRuntime } from '@keelson/sdk/runtime';
import { noopTracer } from '@keelson/telemetry';
import { openRuntime } from '../open-runtime.ts';
import type { TestContainerd } from './containerd.ts';
import { realClock } from './real-clock.ts';

/** A runtime of its own on the containerd of a test, as a newly started agent opens it. */
export function openTestRuntime(containerd: TestContainerd, given: { readonly podNetwork?: PodNetwork; readonly tracer?: Tracer; readonly log?: Logger } = {}): Promise<ContainerRuntime> {
  return openRuntime(
    {
      clock: realClock,
      log: given.log ?? silentLogger,
      tracer: given.tracer ?? noopTracer,
      podNetwork: given.podNetwork,
      socket: containerd.socket,
      sandboxImage: 'registry.k8s.io/pause:3.9',
      logRoot: join(containerd.dir, 'logs'),
      cgroupRoot: containerd.cgroupRoot,
      relistMs: 30_000,
      connectMs: 10_000,
      cni: { confDir: containerd.confDir, binDir: containerd.binDir, socket: join(containerd.dir, 'cni.sock'), standardDirs: ['/usr/lib/cni'] },
    },
    { nodeName: 'node-1', hostIp: containerd.address, podCidr: '10.97.255.0/24' },
  );
}

/** Removes what is there, as an agent that finds pods which are no more. */
export async function removeAll(containerd: TestContainerd): Promise<void> {
  const runtime = await openTestRuntime(containerd);
  const { sandboxes } = await runtime.recover([]);
  await Promise.all(sandboxes.map(({ id }) => runtime.removeSandbox(id)));
  await runtime.close();
}
