import { controllerOf, controllerReference } from '@keelson/api';
import { ReplicaSet, type Deployment } from '@keelson/api/apps/v1';
import { newObject } from '@keelson/reconcile';
import { isStatus } from '@keelson/sdk';
import { newSetAnnotations, nextRevision, sizeAnnotations } from './annotations.ts';
import { condition, withCondition } from './conditions.ts';
import { hasDeadline, reason } from './progress.ts';
import { sameTemplate, sizeOf } from './replica-sets.ts';
import { newSetSize } from './rolling-plan.ts';
import type { Rollout, RolloutTools } from './rollout.ts';
import { syncRevision } from './sync-new-set.ts';
import { templateHash, templateHashLabel } from './template-hash.ts';

/** How creating ended: with a set, or with a rollout whose status must be written before the error is thrown. */
export type Creation =
  | { readonly ok: true; readonly rollout: Rollout }
  | { readonly ok: false; readonly rollout: Rollout; readonly error: unknown };

/** The replica set that the present template gets. */
export function newReplicaSet({ deployment, oldSets, collisionCount }: Rollout): ReplicaSet {
  const { template, selector, minReadySeconds = 0 } = deployment.spec;
  const hash = { [templateHashLabel]: templateHash(template, collisionCount) };
  const labels = { ...template.metadata?.labels, ...hash };
  return newObject(ReplicaSet, {
    metadata: {
      name: `${deployment.metadata.name}-${hash[templateHashLabel]}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: { ...newSetAnnotations(deployment, {}, nextRevision(oldSets)), ...sizeAnnotations(deployment) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: newSetSize(deployment, 0, oldSets),
      minReadySeconds,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, ...hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

/** Creates the set of the present template, at the size that the limits allow at once. */
export async function createNewSet(rollout: Rollout, tools: RolloutTools): Promise<Creation> {
  const { api, events, now } = tools;
  const { deployment } = rollout;
  const draft = newReplicaSet(rollout);
  try {
    const newSet = await api.create(draft);
    const size = sizeOf(newSet);
    if (size > 0) events.record(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${newSet.metadata.name} from 0 to ${size}`);
    return { ok: true, rollout: await created(rollout, newSet, tools) };
  } catch (error) {
    if (isStatus(error, 'AlreadyExists')) return collided(rollout, draft.metadata.name, error, tools);
    const message = `Failed to create new replica set "${draft.metadata.name}": ${(error as Error).message}`;
    events.record(deployment, 'Warning', reason.createError, message);
    const conditions = hasDeadline(deployment) ? withCondition(rollout.conditions, condition('Progressing', 'False', reason.createError, message, now)) : rollout.conditions;
    return { ok: false, rollout: { ...rollout, conditions }, error };
  }
}

async function created(rollout: Rollout, newSet: ReplicaSet, tools: RolloutTools): Promise<Rollout> {
  const deployment = await syncRevision(rollout.deployment, String(nextRevision(rollout.oldSets)), tools);
  const message = `Created new replica set "${newSet.metadata.name}"`;
  const conditions = hasDeadline(deployment) ? withCondition(rollout.conditions, condition('Progressing', 'True', reason.created, message, tools.now)) : rollout.conditions;
  return { ...rollout, deployment, newSet, conditions };
}

/** The name is taken: by this very set (an answer was lost), or by another template with the same hash. */
async function collided(rollout: Rollout, name: string, error: unknown, tools: RolloutTools): Promise<Creation> {
  const { deployment } = rollout;
  const present = await tools.api.get(ReplicaSet, { name, namespace: deployment.metadata.namespace });
  if (present !== undefined && isOurs(deployment, present)) return { ok: true, rollout: { ...rollout, newSet: present } };
  return { ok: false, rollout: { ...rollout, collisionCount: (rollout.collisionCount ?? 0) + 1 }, error };
}

function isOurs(deployment: Deployment, set: ReplicaSet): boolean {
  return controllerOf(set)?.uid === deployment.metadata.uid && sameTemplate(set.spec.template, deployment.spec.template);
}
