import { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { jsonEqual } from '@keelson/reconcile';
import { annotation, newSetAnnotations, nextRevision } from './annotations.ts';
import { condition, find, withCondition } from './conditions.ts';
import { hasDeadline, reason } from './progress.ts';
import type { Rollout, RolloutTools } from './rollout.ts';

/**
 * Brings the annotations of the present template's set and the deployment's revision up to date. A set that comes back
 * after others (a rollback) becomes the newest revision here. Nothing happens while there is no such set.
 */
export async function syncNewSet(rollout: Rollout, tools: RolloutTools): Promise<Rollout> {
  if (rollout.newSet === undefined) return rollout;
  const newSet = await syncSet(rollout, rollout.newSet, tools);
  const deployment = await syncRevision(rollout.deployment, newSet.metadata.annotations?.[annotation.revision] ?? '', tools);
  const found = `Found new replica set "${newSet.metadata.name}"`;
  const conditions =
    hasDeadline(deployment) && find(rollout.conditions, 'Progressing') === undefined
      ? withCondition(rollout.conditions, condition('Progressing', 'True', reason.found, found, tools.now))
      : rollout.conditions;
  return { ...rollout, deployment, newSet, conditions };
}

async function syncSet({ deployment, oldSets }: Rollout, set: ReplicaSet, { api }: RolloutTools): Promise<ReplicaSet> {
  const present = set.metadata.annotations ?? {};
  const annotations = newSetAnnotations(deployment, present, nextRevision(oldSets));
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  const sameWait = (set.spec.minReadySeconds ?? 0) === minReadySeconds;
  if (sameWait && jsonEqual(present, annotations)) return set;
  const body = { metadata: { uid: set.metadata.uid, annotations }, ...(sameWait ? {} : { spec: { minReadySeconds } }) };
  return api.patch(ReplicaSet, set.metadata, { type: 'merge', body });
}

/** Upstream lets the annotation ride on a status update; a write of its own also works where status updates leave metadata alone. */
export async function syncRevision(deployment: Deployment, revision: string, { api }: Pick<RolloutTools, 'api'>): Promise<Deployment> {
  if (revision === '' || deployment.metadata.annotations?.[annotation.revision] === revision) return deployment;
  const { uid } = deployment.metadata;
  return api.patch(Deployment, deployment.metadata, { type: 'merge', body: { metadata: { uid, annotations: { [annotation.revision]: revision } } } });
}
