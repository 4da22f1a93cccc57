import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { deploymentController } from './deployment-controller.ts';

const config = z.strictObject({
  /** Deployments reconciled at the same time. */
  concurrency: z.int().positive().default(5),
});

/** Rolls pods out through replica sets, one revision after the other. */
export default definePlugin({
  name: '@keelson/controller-deployment',
  version: '0.1.0',
  kind: 'controller',
  summary: 'rolls pods out through replica sets, one revision after the other',
  config,
  rbac: [
    { groups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch', 'update', 'patch'] },
    { groups: ['apps'], resources: ['deployments/status'], verbs: ['update', 'patch'] },
    { groups: ['apps'], resources: ['deployments/finalizers'], verbs: ['update'] },
    { groups: ['apps'], resources: ['replicasets'], verbs: ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'] },
    { groups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ config: { concurrency } }) => [controller(deploymentController({ concurrency }))],
});
