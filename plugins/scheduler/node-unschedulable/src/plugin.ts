import { definePlugin } from '@keelson/sdk';
import { FilterPolicies } from '@keelson/sdk/scheduler';
import { nodeUnschedulable } from './node-unschedulable.ts';

/** Cordoned nodes take no new pods. */
export default definePlugin({
  name: '@keelson/scheduler-node-unschedulable',
  version: '0.1.0',
  kind: 'scheduler',
  summary: 'refuses cordoned nodes',
  provides: [FilterPolicies],
  setup: () => [FilterPolicies.with(nodeUnschedulable)],
});
