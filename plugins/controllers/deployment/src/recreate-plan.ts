import type { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import type { Pod } from '@keelson/api/core/v1';
import { isPodFinished } from '@keelson/reconcile';
import { wantedReplicas } from './limits.ts';
import { activeSets, sizeOf } from './replica-sets.ts';
import type { Resize } from './size-plan.ts';

/** Takes all old pods away at once; empty when the old sets have none to give. */
export function stopOldSets(oldSets: readonly ReplicaSet[]): readonly Resize[] {
  return activeSets(oldSets).map((set) => ({ set, replicas: 0 }));
}

/** True while an old pod may still run: the new ones must wait, that is what Recreate is chosen for. */
export function oldPodsRun(oldSets: readonly ReplicaSet[], podsOf: (set: ReplicaSet) => readonly Pod[]): boolean {
  return oldSets.some((set) => (set.status?.replicas ?? 0) > 0 || podsOf(set).some((pod) => !isPodFinished(pod)));
}

/** Gives the new set all pods at once. */
export function startNewSet(deployment: Deployment, newSet: ReplicaSet): readonly Resize[] {
  const wanted = wantedReplicas(deployment);
  return sizeOf(newSet) === wanted ? [] : [{ set: newSet, replicas: wanted }];
}
