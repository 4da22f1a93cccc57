import type { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { annotation } from './annotations.ts';
import { isRolling, limitsOf, wantedReplicas } from './limits.ts';
import { activeSets, byAge, sizeOf, totalSize, type SplitSets } from './replica-sets.ts';
import type { Resize } from './size-plan.ts';

/** True when the deployment's size was changed since its sets were last sized. */
export function isScaled(deployment: Deployment, sets: readonly ReplicaSet[]): boolean {
  return activeSets(sets).some((set) => {
    const desired = set.metadata.annotations?.[annotation.desired];
    return desired !== undefined && Number(desired) !== wantedReplicas(deployment);
  });
}

/**
 * Sizes after a change of the deployment's size outside of a rollout step: the only active set takes all; a complete new
 * set leaves nothing to the old ones; in the middle of a rolling update every set gets its share.
 */
export function proportionalPlan(deployment: Deployment, { newSet, oldSets }: SplitSets): readonly Resize[] {
  const wanted = wantedReplicas(deployment);
  const only = activeOrLatest(newSet, oldSets);
  if (only !== undefined) return [{ set: only, replicas: wanted }];
  if (newSet !== undefined && isSaturated(deployment, newSet)) return activeSets(oldSets).map((set) => ({ set, replicas: 0 }));
  if (!isRolling(deployment)) return [];
  return shareOut(deployment, activeSets(newSet === undefined ? oldSets : [...oldSets, newSet]));
}

function activeOrLatest(newSet: ReplicaSet | undefined, oldSets: readonly ReplicaSet[]): ReplicaSet | undefined {
  const active = activeSets(newSet === undefined ? oldSets : [...oldSets, newSet]);
  if (active.length > 1) return undefined;
  return active[0] ?? newSet ?? [...oldSets].sort(byAge).at(-1);
}

function isSaturated(deployment: Deployment, newSet: ReplicaSet): boolean {
  const wanted = wantedReplicas(deployment);
  return sizeOf(newSet) === wanted && Number(newSet.metadata.annotations?.[annotation.desired]) === wanted && (newSet.status?.availableReplicas ?? 0) === wanted;
}

/** The larger a set the more it gets of what is added or taken; what rounding leaves goes to the largest. */
function shareOut(deployment: Deployment, sets: readonly ReplicaSet[]): readonly Resize[] {
  const wanted = wantedReplicas(deployment);
  const allowed = wanted > 0 ? wanted + limitsOf(deployment).surge : 0;
  const change = allowed - totalSize(sets);
  const ordered = [...sets].sort((a, b) => sizeOf(b) - sizeOf(a) || (change > 0 ? byAge(b, a) : byAge(a, b)));
  let shared = 0;
  const plan = ordered.map((set) => {
    const left = change - shared;
    const share = change === 0 || left === 0 ? 0 : bounded(fractionOf(deployment, set, allowed), left);
    shared += share;
    return { set, replicas: sizeOf(set) + share };
  });
  return plan.map(({ set, replicas }, index) => ({ set, replicas: index === 0 ? Math.max(0, replicas + change - shared) : replicas }));
}

/** What the set's part of the former total is of the new total, minus what it has. */
function fractionOf(deployment: Deployment, set: ReplicaSet, allowed: number): number {
  const size = sizeOf(set);
  if (wantedReplicas(deployment) === 0) return -size;
  const before = Number(set.metadata.annotations?.[annotation.max]) || deployment.status?.replicas || 0;
  return before === 0 ? 0 : Math.round((size * allowed) / before) - size;
}

function bounded(share: number, left: number): number {
  return left > 0 ? Math.min(share, left) : Math.max(share, left);
}
