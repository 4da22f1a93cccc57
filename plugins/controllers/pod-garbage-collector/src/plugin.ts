import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { endedPods } from './ended-pods.ts';
import { orphanedPods } from './orphaned-pods.ts';
import { unscheduledPods } from './unscheduled-pods.ts';

/** Pods that nobody else removes. */
export default definePlugin({
  name: '@keelson/controller-pod-garbage-collector',
  version: '0.1.0',
  kind: 'controller',
  summary: 'removes pods of missing nodes, pods that never got a node and a surplus of ended pods',
  config: z.strictObject({
    /** Ended pods that are kept; 0 keeps all. */
    endedPods: z.int().nonnegative().default(12_500),
    /** Seconds that a missing node has to turn up. */
    quarantineSeconds: z.number().nonnegative().default(40),
  }),
  rbac: [
    { groups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'delete'] },
    { groups: [''], resources: ['pods/status'], verbs: ['patch'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ config }) => [controller(orphanedPods(config.quarantineSeconds * 1000)), controller(unscheduledPods()), controller(endedPods(config.endedPods))],
});
