import { controllerOf, isTerminating, type Kind } from '@keelson/api';
import { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { Pod } from '@keelson/api/core/v1';
import { claimDependents, compiledSelector, isPodFinished } from '@keelson/reconcile';
import type { ObjectRef } from '@keelson/sdk';
import type { Caches, ControllerDeclaration, ReconcileContext, ReconcileResult } from '@keelson/sdk/controller';
import { applyPlan } from './apply-plan.ts';
import { createNewSet } from './create-new-set.ts';
import { finishRollout, finishSync, writeStatus } from './finish.ts';
import { isRolling } from './limits.ts';
import { nextStatus } from './next-status.ts';
import { withPause } from './progress.ts';
import { isScaled, proportionalPlan } from './proportional-plan.ts';
import { oldPodsRun, startNewSet, stopOldSets } from './recreate-plan.ts';
import { splitSets } from './replica-sets.ts';
import { rollingPlan } from './rolling-plan.ts';
import { allSets, type Rollout, type RolloutTools } from './rollout.ts';
import { syncNewSet } from './sync-new-set.ts';

/** Settings of the controller. */
export interface DeploymentSettings {
  readonly concurrency: number;
}

/** Index of the replica sets without controller, by namespace. */
const orphans = 'orphans';

/** The deployment controller, as data. */
export function deploymentController({ concurrency }: DeploymentSettings): ControllerDeclaration<Deployment> {
  return {
    name: 'deployment',
    for: Deployment,
    owns: [ReplicaSet],
    watches: [
      { kind: ReplicaSet, enqueue: (set: ReplicaSet, caches: Caches, { deleted }: { deleted: boolean }) => (deleted ? [] : deploymentsForOrphan(set, caches)) },
      { kind: Pod, enqueue: (pod: Pod, caches: Caches, { deleted }: { deleted: boolean }) => (deleted || isPodFinished(pod) ? recreateWaitingFor(pod, caches) : []) },
    ],
    indexes: [{ kind: ReplicaSet, name: orphans, of: (set: ReplicaSet) => (controllerOf(set) === undefined ? [set.metadata.namespace ?? ''] : []) }],
    concurrency,
    // The counts of a large replica set change all the time while its pods start.
    spacing: (deployment) => Math.min(100, Math.floor((deployment.spec.replicas ?? 1) / 10)),
    reconcile,
  };
}

async function reconcile(deployment: Deployment, context: ReconcileContext): Promise<ReconcileResult> {
  const { api, caches, clock, events } = context;
  const tools: RolloutTools = { api, events, now: clock.now() };
  if (selectsEverything(deployment)) {
    events.record(deployment, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.');
    return;
  }
  const candidates = [...caches.ownedBy(ReplicaSet, deployment.metadata.uid), ...caches.byIndex(ReplicaSet, orphans, deployment.metadata.namespace ?? '')];
  const sets = await claimDependents({ api, owner: deployment, ownerKind: Deployment, kind: ReplicaSet, selector: compiledSelector(deployment.spec.selector), candidates });
  const { conditions = [], collisionCount } = deployment.status ?? {};
  const rollout: Rollout = { deployment, ...splitSets(deployment, sets), conditions, collisionCount };
  if (isTerminating(deployment)) return finishSync(rollout, tools);
  const synced = await syncNewSet({ ...rollout, conditions: withPause(deployment, conditions, tools.now) }, tools);
  if (deployment.spec.paused || isScaled(deployment, allSets(synced))) {
    return finishSync(await applyPlan(synced, proportionalPlan(deployment, synced), tools), tools);
  }
  return isRolling(deployment) ? roll(synced, tools) : recreate(synced, caches, tools);
}

async function roll(rollout: Rollout, tools: RolloutTools): Promise<ReconcileResult> {
  const ready = await withNewSet(rollout, tools);
  const { newSet } = ready;
  if (newSet === undefined) return finishRollout(ready, tools);
  return finishRollout(await applyPlan(ready, rollingPlan(ready.deployment, { ...ready, newSet }), tools), tools);
}

async function recreate(rollout: Rollout, caches: Caches, tools: RolloutTools): Promise<ReconcileResult> {
  const stopped = stopOldSets(rollout.oldSets);
  if (stopped.length > 0) return finishRollout(await applyPlan(rollout, stopped, tools), tools);
  if (oldPodsRun(rollout.oldSets, (set) => caches.ownedBy(Pod, set.metadata.uid))) return finishRollout(rollout, tools);
  const ready = await withNewSet(rollout, tools);
  const plan = ready.newSet === undefined ? [] : startNewSet(ready.deployment, ready.newSet);
  return finishRollout(await applyPlan(ready, plan, tools), tools);
}

/** The rollout with a set for the present template; a failure to create it is told in the status before it is thrown. */
async function withNewSet(rollout: Rollout, tools: RolloutTools): Promise<Rollout> {
  if (rollout.newSet !== undefined) return rollout;
  const creation = await createNewSet(rollout, tools);
  if (creation.ok) return creation.rollout;
  await writeStatus(creation.rollout, nextStatus({ ...creation.rollout, now: tools.now }), tools);
  throw creation.error;
}

function selectsEverything({ spec: { selector } }: Deployment): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

/** Deployments that may adopt the set; none for a set that has a controller. */
function deploymentsForOrphan(set: ReplicaSet, caches: Caches): readonly ObjectRef[] {
  if (controllerOf(set) !== undefined) return [];
  return caches
    .list(Deployment, set.metadata.namespace)
    .filter(({ spec }) => compiledSelector(spec.selector).matches(set.metadata.labels))
    .map(({ metadata }) => metadata);
}

/** The deployment that waits for its old pods to end before it starts new ones. */
function recreateWaitingFor(pod: Pod, caches: Caches): readonly ObjectRef[] {
  const set = owner(pod, ReplicaSet, caches);
  const deployment = set && owner(set, Deployment, caches);
  return deployment === undefined || isRolling(deployment) ? [] : [deployment.metadata];
}

function owner<T extends Deployment | ReplicaSet>(object: Pod | ReplicaSet, kind: Kind<T>, caches: Caches): T | undefined {
  const reference = controllerOf(object);
  if (reference?.kind !== kind.kind) return undefined;
  const found = caches.get(kind, { name: reference.name, namespace: object.metadata.namespace });
  return found?.metadata.uid === reference.uid ? found : undefined;
}
