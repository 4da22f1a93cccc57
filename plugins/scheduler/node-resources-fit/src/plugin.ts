import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { FilterPolicies, ScorePolicies } from '@keelson/sdk/scheduler';
import { fitFilter } from './fit-filter.ts';
import { leastAllocated } from './least-allocated.ts';

const resourceWeight = z.strictObject({ name: z.string().min(1), weight: z.int().min(1).max(100).default(1) });

/** Room for the pod's requests as a filter, LeastAllocated as a score. */
export default definePlugin({
  name: '@keelson/scheduler-node-resources-fit',
  version: '0.1.0',
  kind: 'scheduler',
  summary: 'refuses nodes without room for the requests, prefers the least allocated',
  config: z.strictObject({
    ignoredResources: z.array(z.string()).default([]),
    resources: z.array(resourceWeight).default([{ name: 'cpu', weight: 1 }, { name: 'memory', weight: 1 }]),
  }),
  provides: [FilterPolicies, ScorePolicies],
  setup: ({ config }) => [FilterPolicies.with(fitFilter(config.ignoredResources)), ScorePolicies.with(leastAllocated(config.resources))],
});
