import { z } from 'zod';
import { parseDuration } from '@keelson/api/time';
import { Clock, Random, definePlugin } from '@keelson/sdk';
import { Runtimes } from '@keelson/sdk/runtime';
import { SimImages } from './sim-images.ts';
import { SimRuntime } from './sim-runtime.ts';

const duration = (fallback: string) =>
  z
    .string()
    .refine((text) => (parseDuration(text) ?? -1) >= 0, 'expected a duration such as 500ms, 2s or 1m30s')
    .default(fallback);

/** Simulated nodes: honest lifecycles of containers that do not exist. */
export default definePlugin({
  name: '@keelson/runtime-sim',
  version: '0.1.0',
  kind: 'runtime',
  summary: 'plays the lifecycle of containers without running any',
  config: z.strictObject({
    startDelay: duration('0s'),
    pullDelay: duration('0s'),
    stopDelay: duration('0s'),
    initDuration: duration('0s'),
    jobDuration: duration('1s'),
    jitter: z.number().min(0).max(1).default(0),
  }),
  requires: { clock: Clock, random: Random },
  provides: [Runtimes],
  setup: ({ clock, random, config }) => {
    const images = new SimImages();
    const ms = (text: string): number => parseDuration(text) ?? 0;
    const defaults = {
      startMs: ms(config.startDelay), pullMs: ms(config.pullDelay), stopMs: ms(config.stopDelay), initMs: ms(config.initDuration), jobMs: ms(config.jobDuration),
    };
    return [
      Runtimes.with({
        name: 'sim',
        open: async ({ nodeName, podCidr, hostIp }) =>
          new SimRuntime({ clock, random: random.fork(nodeName), images, podCidr, hostIp, defaults, jitter: config.jitter }),
      }),
    ];
  },
});
