import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { endpointsController } from './endpoints-controller.ts';

/** Endpoints of services, for clients that do not read slices. */
export default definePlugin({
  name: '@keelson/controller-endpoints',
  version: '0.1.0',
  kind: 'controller',
  summary: 'keeps an Endpoints object for every service that selects pods',
  config: z.strictObject({
    /** Services reconciled at the same time. */
    concurrency: z.int().positive().default(5),
    /** Milliseconds within which changes of one service are written together. */
    batchPeriod: z.int().nonnegative().default(50),
  }),
  rbac: [
    { groups: [''], resources: ['services', 'pods'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['endpoints'], verbs: ['get', 'list', 'watch', 'create', 'update', 'delete'] },
    { groups: [''], resources: ['endpoints/restricted'], verbs: ['create'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ config }) => [controller(endpointsController(config))],
});
