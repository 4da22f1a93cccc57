import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { replicaSetController } from './replica-set-controller.ts';

const config = z.strictObject({
  /** Replica sets reconciled at the same time. */
  concurrency: z.int().positive().default(5),
  /** Pods created or deleted in one reconcile, at most. */
  burst: z.int().positive().default(500),
});

/** Keeps as many pods as a replica set asks for. */
export default definePlugin({
  name: '@keelson/controller-replicaset',
  version: '0.1.0',
  kind: 'controller',
  summary: 'keeps as many pods as a replica set asks for',
  config,
  rbac: [
    { groups: ['apps'], resources: ['replicasets'], verbs: ['get', 'list', 'watch', 'update', 'patch'] },
    { groups: ['apps'], resources: ['replicasets/status'], verbs: ['update', 'patch'] },
    { groups: ['apps'], resources: ['replicasets/finalizers'], verbs: ['update'] },
    { groups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch', 'create', 'delete', 'patch'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ config: { concurrency, burst } }) => [controller(replicaSetController({ concurrency, burst }))],
});
