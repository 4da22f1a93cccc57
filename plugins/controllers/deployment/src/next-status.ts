import type { Deployment, DeploymentStatus, ReplicaSet } from '@keelson/api/apps/v1';
import { condition, without, withCondition, type Conditions } from './conditions.ts';
import { limitsOf, wantedReplicas } from './limits.ts';
import { totalAvailable, totalSize, type SplitSets } from './replica-sets.ts';

/** What a deployment's status is counted from. */
export interface StatusInput extends SplitSets {
  readonly deployment: Deployment;
  readonly collisionCount: number | undefined;
  readonly conditions: Conditions;
  readonly now: number;
}

type Counter = 'replicas' | 'readyReplicas' | 'terminatingReplicas';

/** The status, Progressing aside; zero counts are left out, as upstream leaves them out. */
export function nextStatus({ deployment, newSet, oldSets, collisionCount, conditions, now }: StatusInput): DeploymentStatus {
  const all = newSet === undefined ? oldSets : [...oldSets, newSet];
  const sum = (counter: Counter): number => all.reduce((total, set) => total + (set.status?.[counter] ?? 0), 0);
  const available = totalAvailable(all);
  const counts = {
    replicas: sum('replicas'),
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: sum('readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, totalSize(all) - available),
  };
  const told = withFailures(withAvailable(deployment, available, conditions, now), all, newSet, now);
  return {
    ...(deployment.metadata.generation === undefined ? {} : { observedGeneration: deployment.metadata.generation }),
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    terminatingReplicas: sum('terminatingReplicas'),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    ...(told.length > 0 ? { conditions: [...told] } : {}),
  };
}

function withAvailable(deployment: Deployment, available: number, conditions: Conditions, now: number): Conditions {
  const enough = available >= wantedReplicas(deployment) - limitsOf(deployment).unavailable;
  return withCondition(
    conditions,
    enough
      ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
      : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now),
  );
}

/** The failure of the new set, or else of any other, is the deployment's. */
function withFailures(conditions: Conditions, all: readonly ReplicaSet[], newSet: ReplicaSet | undefined, now: number): Conditions {
  const failures = (newSet === undefined ? all : [newSet, ...all])
    .map((set) => set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure'))
    .filter((failure) => failure !== undefined);
  const [failure] = failures;
  if (failure === undefined) return without(conditions, 'ReplicaFailure');
  const status = failure.status === 'True' ? 'True' : 'False';
  const told = condition('ReplicaFailure', status, failure.reason ?? '', failure.message ?? '', now);
  return withCondition(conditions, { ...told, lastTransitionTime: failure.lastTransitionTime ?? told.lastTransitionTime });
}
