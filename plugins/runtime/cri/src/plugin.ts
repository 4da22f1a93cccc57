import { resolve } from 'node:path';
import { z } from 'zod';
import { Clock, Logger, Tracer, definePlugin, optional } from '@keelson/sdk';
import { PodNetwork } from '@keelson/sdk/cni';
import { Runtimes } from '@keelson/sdk/runtime';
import { openRuntime } from './open-runtime.ts';

const path = z.string().min(1);

/** Pods in real containers, by the container runtime interface of containerd. */
export default definePlugin({
  name: '@keelson/runtime-cri',
  version: '0.1.0',
  kind: 'runtime',
  summary: 'runs pods in real containers through the CRI of containerd',
  config: z.strictObject({
    socket: path.default('/run/containerd/containerd.sock'),
    sandboxImage: path.default('registry.k8s.io/pause:3.9'),
    logRoot: path.default('/var/log/pods'),
    cgroupRoot: z.string().regex(/^\/\w[\w/.-]*$/, 'is an absolute cgroup path below the root').default('/kubepods'),
    relistSeconds: z.int().positive().default(30),
    connectSeconds: z.int().positive().default(30),
    cniConfDir: path.default('/etc/cni/net.d'),
    cniBinDir: path.default('/opt/cni/bin'),
    cniSocket: path.default('/run/keelson/cni.sock'),
    cniStandardDirs: z.array(path).default(['/usr/lib/cni', '/opt/cni/bin']),
  }),
  requires: { clock: Clock, log: Logger, tracer: Tracer, podNetwork: optional(PodNetwork) },
  provides: [Runtimes],
  setup: ({ clock, log, tracer, podNetwork, config }) => [
    Runtimes.with({
      name: 'cri',
      open: (node) =>
        openRuntime(
          {
            clock, log, tracer, podNetwork,
            socket: resolve(config.socket),
            sandboxImage: config.sandboxImage,
            logRoot: resolve(config.logRoot),
            cgroupRoot: config.cgroupRoot,
            relistMs: 1000 * config.relistSeconds,
            connectMs: 1000 * config.connectSeconds,
            cni: { confDir: resolve(config.cniConfDir), binDir: resolve(config.cniBinDir), socket: resolve(config.cniSocket), standardDirs: config.cniStandardDirs },
          },
          node,
        ),
    }),
  ],
});
