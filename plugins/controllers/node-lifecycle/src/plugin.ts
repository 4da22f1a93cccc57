import { z } from 'zod';
import { Clock, definePlugin } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { nodeController } from './node-controller.ts';
import { taintEviction } from './taint-eviction.ts';

/** Life and death of nodes, and what becomes of their pods. */
export default definePlugin({
  name: '@keelson/controller-node-lifecycle',
  version: '0.1.0',
  kind: 'controller',
  summary: 'marks and taints silent nodes and evicts pods that do not tolerate it',
  config: z.strictObject({
    /** Seconds of silence after which a node is taken for unreachable. */
    graceSeconds: z.number().positive().default(50),
    /** Seconds that a node has for its first report. */
    startupGraceSeconds: z.number().positive().default(60),
    /** Nodes a second that are evicted in a healthy zone. */
    evictionRate: z.number().nonnegative().default(0.1),
    /** Nodes a second that are evicted in a large zone that is partly down. */
    secondaryEvictionRate: z.number().nonnegative().default(0.01),
    /** Part of a zone that must be silent for it to be partly down. */
    unhealthyZoneThreshold: z.number().min(0).max(1).default(0.55),
    /** Zones up to this size stop evicting when they are partly down. */
    largeZone: z.int().nonnegative().default(50),
    /** Nodes reconciled at the same time. */
    concurrency: z.int().positive().default(8),
  }),
  requires: { clock: Clock },
  rbac: [
    { groups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch', 'patch', 'update'] },
    { groups: [''], resources: ['nodes/status', 'pods/status'], verbs: ['patch', 'update'] },
    { groups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'delete'] },
    { groups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ clock, config }) => [
    controller(nodeController({
      clock,
      grace: { running: config.graceSeconds * 1000, startup: config.startupGraceSeconds * 1000 },
      rates: { normal: config.evictionRate, secondary: config.secondaryEvictionRate, unhealthyThreshold: config.unhealthyZoneThreshold, largeZone: config.largeZone },
      concurrency: config.concurrency,
    })),
    controller(taintEviction(config.concurrency)),
  ],
});
