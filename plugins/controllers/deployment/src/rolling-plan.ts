import type { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { isRolling, limitsOf, wantedReplicas } from './limits.ts';
import { activeSets, byAge, sizeOf, totalAvailable, totalSize, type SplitSets } from './replica-sets.ts';
import type { Resize } from './size-plan.ts';

/** Size that the new set may have now: what the surge leaves room for, at most what is wanted. */
export function newSetSize(deployment: Deployment, newSetNow: number, allSets: readonly ReplicaSet[]): number {
  const wanted = wantedReplicas(deployment);
  if (!isRolling(deployment)) return wanted;
  const room = wanted + limitsOf(deployment).surge - totalSize(allSets);
  return room <= 0 ? newSetNow : newSetNow + Math.min(room, wanted - newSetNow);
}

/**
 * The next step of a rolling update: first the new set grows (or shrinks to what is wanted), and only when there is
 * nothing to grow the old ones shrink. Both in one step could leave fewer pods than the limits allow.
 */
export function rollingPlan(deployment: Deployment, { newSet, oldSets }: SplitSets & { readonly newSet: ReplicaSet }): readonly Resize[] {
  const wanted = wantedReplicas(deployment);
  const now = sizeOf(newSet);
  const next = now > wanted ? wanted : newSetSize(deployment, now, [...oldSets, newSet]);
  if (next !== now) return [{ set: newSet, replicas: next }];
  return shrinkOldSets(deployment, newSet, activeSets(oldSets));
}

function shrinkOldSets(deployment: Deployment, newSet: ReplicaSet, oldSets: readonly ReplicaSet[]): readonly Resize[] {
  const least = wantedReplicas(deployment) - limitsOf(deployment).unavailable;
  const newUnavailable = sizeOf(newSet) - (newSet.status?.availableReplicas ?? 0);
  const spare = totalSize([...oldSets, newSet]) - least - newUnavailable;
  if (oldSets.length === 0 || spare <= 0) return [];
  const sizes = new Map(oldSets.map((set) => [set, sizeOf(set)]));
  const ordered = [...oldSets].sort(byAge);
  // What does not serve goes first, however many: it is not missed.
  let left = spare;
  for (const set of ordered) {
    const gone = Math.min(left, Math.max(0, sizeOf(set) - (set.status?.availableReplicas ?? 0)));
    sizes.set(set, sizeOf(set) - gone);
    left -= gone;
  }
  // Then what serves, as far as enough stays available.
  let surplus = totalAvailable([...oldSets, newSet]) - least;
  for (const set of ordered) {
    const size = sizes.get(set) ?? 0;
    const gone = Math.max(0, Math.min(size, surplus));
    sizes.set(set, size - gone);
    surplus -= gone;
  }
  return ordered.map((set) => ({ set, replicas: sizes.get(set) ?? 0 })).filter(({ set, replicas }) => replicas !== sizeOf(set));
}
