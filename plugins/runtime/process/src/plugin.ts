import { arch, availableParallelism, platform, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { Clock, Random, definePlugin } from '@keelson/sdk';
import { Runtimes } from '@keelson/sdk/runtime';
import { ProcessRuntime } from './process-runtime.ts';

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** Containers as child processes of the agent, without isolation. */
export default definePlugin({
  name: '@keelson/runtime-process',
  version: '0.1.0',
  kind: 'runtime',
  summary: 'runs each container as a child process of the agent',
  config: z.strictObject({
    root: z.string().min(1).default('.keelson/process'),
    path: z.string().default('/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'),
    logMaxBytes: z.int().positive().default(10 * 1024 * 1024),
    logMaxFiles: z.int().min(2).default(5),
  }),
  requires: { clock: Clock, random: Random },
  provides: [Runtimes],
  setup: ({ clock, random, config }) => [
    Runtimes.with({
      name: 'process',
      open: async ({ nodeName }) =>
        new ProcessRuntime({
          clock,
          random: random.fork(nodeName),
          root: join(resolve(config.root), nodeName),
          path: config.path,
          logs: { maxBytes: config.logMaxBytes, maxFiles: config.logMaxFiles },
          machine: { kernelVersion: release(), osImage: 'processes of this machine (no images)', architecture: architectures[arch()] ?? arch(), operatingSystem: platform() },
          capacity: { cpu: String(availableParallelism()), memory: `${Math.floor(totalmem() / 1024)}Ki` },
        }),
    }),
  ],
});
