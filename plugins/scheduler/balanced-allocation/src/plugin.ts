import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { ScorePolicies } from '@keelson/sdk/scheduler';
import { balancedAllocation } from './balanced-allocation.ts';

/** Keeps cpu and memory of a node used to the same share. */
export default definePlugin({
  name: '@keelson/scheduler-balanced-allocation',
  version: '0.1.0',
  kind: 'scheduler',
  summary: 'prefers nodes whose resources would be used evenly',
  config: z.strictObject({ resources: z.array(z.string().min(1)).default(['cpu', 'memory']) }),
  provides: [ScorePolicies],
  setup: ({ config }) => [ScorePolicies.with(balancedAllocation(config.resources))],
});
