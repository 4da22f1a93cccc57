import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { endpointSliceController } from './endpoint-slice-controller.ts';

/** Endpoint slices of services. */
export default definePlugin({
  name: '@keelson/controller-endpointslice',
  version: '0.1.0',
  kind: 'controller',
  summary: 'keeps endpoint slices for every service that selects pods',
  config: z.strictObject({
    /** Services reconciled at the same time. */
    concurrency: z.int().positive().default(5),
    /** Endpoints in one slice, at most. */
    maxEndpoints: z.int().min(1).max(1000).default(100),
    /** Milliseconds within which changes of one service are written together. */
    batchPeriod: z.int().nonnegative().default(50),
  }),
  rbac: [
    { groups: [''], resources: ['services', 'pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['services/finalizers'], verbs: ['update'] },
    { groups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch', 'create', 'update', 'delete'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ config }) => [controller(endpointSliceController(config))],
});
