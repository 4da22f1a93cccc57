import { definePlugin } from '@keelson/sdk';
import { FilterPolicies, ScorePolicies } from '@keelson/sdk/scheduler';
import { taintFilter } from './taint-filter.ts';
import { taintScore } from './taint-score.ts';

/** Taints and tolerations, as a filter and as a score. */
export default definePlugin({
  name: '@keelson/scheduler-taint-toleration',
  version: '0.1.0',
  kind: 'scheduler',
  summary: 'refuses nodes with taints that the pod does not tolerate, avoids the merely unpleasant ones',
  provides: [FilterPolicies, ScorePolicies],
  setup: () => [FilterPolicies.with(taintFilter), ScorePolicies.with(taintScore)],
});
