import { definePlugin } from '@keelson/sdk';
import { FilterPolicies } from '@keelson/sdk/scheduler';
import { nodeName } from './node-name.ts';

/** Pods that name a node fit on that node only. */
export default definePlugin({
  name: '@keelson/scheduler-node-name',
  version: '0.1.0',
  kind: 'scheduler',
  summary: 'keeps a pod that names its node to that node',
  provides: [FilterPolicies],
  setup: () => [FilterPolicies.with(nodeName)],
});
