import { z } from 'zod';
import { builtinKinds } from '@keelson/api';
import { eventRecorder } from '@keelson/client';
import { ApiClient, Clock, Logger, Random, ServedKinds, Tracer, definePlugin, optional } from '@keelson/sdk';
import { followKinds } from './follow-kinds.ts';
import { GarbageCollector } from './garbage-collector.ts';

/** Garbage collection by owner references. */
export default definePlugin({
  name: '@keelson/controller-garbage-collector',
  version: '0.1.0',
  kind: 'controller',
  summary: 'removes objects whose owners are gone, and carries out foreground and orphan deletion',
  config: z.strictObject({
    /** Objects looked at at the same time. */
    concurrency: z.int().positive().default(20),
  }),
  requires: { api: ApiClient, clock: Clock, random: Random, log: Logger, tracer: Tracer, served: optional(ServedKinds) },
  rbac: [
    { groups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch', 'delete', 'patch', 'update'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ api, clock, random, log, tracer, served, config }) => {
    const events = eventRecorder({ api, clock, random: random.fork('events'), log, component: 'garbage-collector-controller' });
    const collector = new GarbageCollector({ api, clock, random, log, tracer, events, kinds: builtinKinds(), concurrency: config.concurrency });
    let unfollow = (): void => undefined;
    return {
      start() {
        collector.start();
        if (served !== undefined) unfollow = followKinds(collector, served, builtinKinds());
      },
      ready: () => collector.ready(),
      async drain() {
        unfollow();
        await collector.drain();
        await events.flush();
      },
      stop: () => collector.stop(),
    };
  },
});
