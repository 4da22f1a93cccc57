import { isTerminating } from '@keelson/api';
import type { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { revisionOf } from './annotations.ts';
import { byAge, sizeOf } from './replica-sets.ts';

const unlimited = 2 ** 31 - 1;

/** Old sets beyond the history limit, lowest revision first; those that still have or had pods lately are spared. */
export function surplusHistory(deployment: Deployment, oldSets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit ?? unlimited;
  const kept = oldSets.filter((set) => !isTerminating(set));
  const surplus = limit === unlimited ? 0 : kept.length - limit;
  if (surplus <= 0) return [];
  return kept
    .sort((a, b) => revisionOf(a) - revisionOf(b) || byAge(a, b))
    .slice(0, surplus)
    .filter((set) => sizeOf(set) === 0 && (set.status?.replicas ?? 0) === 0 && (set.metadata.generation ?? 0) <= (set.status?.observedGeneration ?? 0));
}
