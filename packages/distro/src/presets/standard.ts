import balancedAllocation from '@keelson/scheduler-balanced-allocation';
import nodeAffinity from '@keelson/scheduler-node-affinity';
import { defineDistribution } from '../definition.ts';
import { minimal } from './minimal.ts';

/** What users of Kubernetes expect of a cluster; runs containers in simulation unless a distribution replaces that. */
export const standard = defineDistribution({
  name: 'standard',
  version: '0.1.0',
  extends: [minimal],
  plugins: [balancedAllocation, nodeAffinity],
});
