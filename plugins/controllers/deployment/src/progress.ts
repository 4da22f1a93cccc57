import type { Deployment, DeploymentStatus, ReplicaSet } from '@keelson/api/apps/v1';
import { condition, find, replaced, without, withCondition, type Conditions } from './conditions.ts';
import { wantedReplicas } from './limits.ts';

/** Reasons of the Progressing condition; `kubectl rollout status` reads them. */
export const reason = Object.freeze({
  created: 'NewReplicaSetCreated',
  found: 'FoundNewReplicaSet',
  updated: 'ReplicaSetUpdated',
  available: 'NewReplicaSetAvailable',
  timedOut: 'ProgressDeadlineExceeded',
  createError: 'ReplicaSetCreateError',
  paused: 'DeploymentPaused',
  resumed: 'DeploymentResumed',
});

/** True when the deployment counts as failed after a while without progress. */
export function hasDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds !== undefined && seconds !== 2 ** 31 - 1;
}

/** True when all pods are of the new revision and available, and none of an old one is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = wantedReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === wanted && (status.replicas ?? 0) === wanted && (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/** True when the new status is nearer to the goal than the one before. */
export function isProgress(before: DeploymentStatus, next: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (next.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) || old(next) < old(before) ||
    (next.readyReplicas ?? 0) > (before.readyReplicas ?? 0) || (next.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

/** When the deadline passes, milliseconds since the epoch; undefined when it does not run. */
export function deadlineAt(deployment: Deployment, conditions: Conditions): number | undefined {
  const present = find(conditions, 'Progressing');
  if (!hasDeadline(deployment) || present?.lastUpdateTime === undefined) return undefined;
  if (present.reason === reason.available || present.reason === reason.timedOut) return undefined;
  return Date.parse(present.lastUpdateTime) + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000;
}

/** What the Progressing condition is told from. */
export interface ProgressInput {
  readonly deployment: Deployment;
  readonly newSet: ReplicaSet | undefined;
  /** The status to be written, but for its conditions. */
  readonly status: DeploymentStatus;
  readonly conditions: Conditions;
  readonly now: number;
}

/** The conditions with Progressing brought up to date. */
export function withProgress({ deployment, newSet, status, conditions, now }: ProgressInput): Conditions {
  if (!hasDeadline(deployment)) return without(conditions, 'Progressing');
  const present = find(conditions, 'Progressing');
  // A completed rollout stays complete: pods that fail later are not its failure.
  if ((status.replicas ?? 0) === (status.updatedReplicas ?? 0) && present?.reason === reason.available) return conditions;
  const who = newSet === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${newSet.metadata.name}"`;
  if (isComplete(deployment, status)) {
    return withCondition(conditions, condition('Progressing', 'True', reason.available, `${who} has successfully progressed.`, now));
  }
  if (isProgress(deployment.status ?? {}, status)) {
    return replaced(conditions, condition('Progressing', 'True', reason.updated, `${who} is progressing.`, now));
  }
  const deadline = deadlineAt(deployment, conditions);
  if (deadline === undefined || deadline >= now) return conditions;
  return withCondition(conditions, condition('Progressing', 'False', reason.timedOut, `${who} has timed out progressing.`, now));
}

/** The conditions with the pause told, so that the deadline does not run meanwhile. */
export function withPause(deployment: Deployment, conditions: Conditions, now: number): Conditions {
  const present = find(conditions, 'Progressing');
  if (!hasDeadline(deployment) || present?.reason === reason.timedOut) return conditions;
  const told = present?.reason === reason.paused;
  if (deployment.spec.paused && !told) return replaced(conditions, condition('Progressing', 'Unknown', reason.paused, 'Deployment is paused', now));
  if (!deployment.spec.paused && told) return replaced(conditions, condition('Progressing', 'Unknown', reason.resumed, 'Deployment is resumed', now));
  return conditions;
}
