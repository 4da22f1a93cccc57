import { definePlugin } from '@keelson/sdk';
import { FilterPolicies, ScorePolicies } from '@keelson/sdk/scheduler';
import { affinityFilter } from './affinity-filter.ts';
import { affinityScore } from './affinity-score.ts';

/** Node selectors and node affinity, as a filter and as a score. */
export default definePlugin({
  name: '@keelson/scheduler-node-affinity',
  version: '0.1.0',
  kind: 'scheduler',
  summary: 'keeps to node selectors and required node affinity, prefers the preferred',
  provides: [FilterPolicies, ScorePolicies],
  setup: () => [FilterPolicies.with(affinityFilter), ScorePolicies.with(affinityScore)],
});
