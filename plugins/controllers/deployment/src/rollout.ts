import type { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import type { ApiClient } from '@keelson/sdk';
import type { EventRecorder } from '@keelson/sdk/controller';
import type { Conditions } from './conditions.ts';
import type { SplitSets } from './replica-sets.ts';

/** The state of one reconcile, handed from step to step; never changed, only replaced. */
export interface Rollout extends SplitSets {
  /** As stored now. */
  readonly deployment: Deployment;
  readonly conditions: Conditions;
  readonly collisionCount: number | undefined;
}

/** What the writing steps act through. */
export interface RolloutTools {
  readonly api: ApiClient;
  readonly events: EventRecorder;
  readonly now: number;
}

/** All sets of a rollout, the new one last. */
export function allSets({ newSet, oldSets }: SplitSets): readonly ReplicaSet[] {
  return newSet === undefined ? oldSets : [...oldSets, newSet];
}
