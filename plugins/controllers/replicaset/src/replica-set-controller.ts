import { controllerOf, isTerminating } from '@keelson/api';
import { ReplicaSet } from '@keelson/api/apps/v1';
import { Pod } from '@keelson/api/core/v1';
import { claimDependents, compiledSelector, isPodActive, jsonEqual } from '@keelson/reconcile';
import type { Caches, ControllerDeclaration, ReconcileContext, ReconcileResult } from '@keelson/sdk/controller';
import { nextStatus } from './next-status.ts';
import { scalePods } from './scale-pods.ts';

/** Settings of the controller. */
export interface ReplicaSetSettings {
  readonly concurrency: number;
  readonly burst: number;
}

/** Index of the pods without controller, by namespace. */
const orphans = 'orphans';

/** The replica set controller, as data. */
export function replicaSetController({ concurrency, burst }: ReplicaSetSettings): ControllerDeclaration<ReplicaSet> {
  return {
    name: 'replicaset',
    for: ReplicaSet,
    owns: [Pod],
    watches: [{ kind: Pod, enqueue: (pod: Pod, caches: Caches, { deleted }: { deleted: boolean }) => (deleted ? [] : setsForOrphan(pod, caches)) }],
    indexes: [{ kind: Pod, name: orphans, of: (pod: Pod) => (controllerOf(pod) === undefined ? [pod.metadata.namespace ?? ''] : []) }],
    concurrency,
    // Each pod of a large set changes several times while it starts; counting them all each time would cost the square.
    spacing: (set) => Math.min(100, Math.floor((set.spec.replicas ?? 1) / 10)),
    reconcile: (set, context) => reconcile(set, context, burst),
  };
}

async function reconcile(set: ReplicaSet, context: ReconcileContext, burst: number): Promise<ReconcileResult> {
  const { api, caches, clock, events } = context;
  const candidates = [...caches.ownedBy(Pod, set.metadata.uid), ...caches.byIndex(Pod, orphans, set.metadata.namespace ?? '')];
  const pods = await claimDependents({ api, owner: set, ownerKind: ReplicaSet, kind: Pod, selector: compiledSelector(set.spec.selector), candidates });
  const now = clock.now();
  const scaled = isTerminating(set)
    ? { created: [], deleted: new Set<string>(), error: undefined }
    : await scalePods({ set, active: pods.filter(isPodActive), related: () => relatedPods(set, caches), burst, now }, { api, events });
  // The pods as they are after this reconcile: one status write tells it all, instead of one before and one after.
  const { status, availableIn } = nextStatus({
    set, now,
    pods: [...pods, ...scaled.created],
    deleted: scaled.deleted,
    failure: scaled.error === undefined ? undefined : failureOf(scaled.error, set, pods),
  });
  if (!jsonEqual(set.status, status)) await api.updateStatus({ ...set, status });
  if (scaled.error !== undefined) throw scaled.error;
  return availableIn === undefined ? undefined : { requeueAfter: availableIn };
}

function failureOf(error: unknown, set: ReplicaSet, pods: readonly Pod[]) {
  const reason = pods.filter(isPodActive).length < (set.spec.replicas ?? 1) ? ('FailedCreate' as const) : ('FailedDelete' as const);
  return { reason, message: (error as Error).message };
}

/** Active pods of all replica sets of the same owner: those that share nodes with them are deleted first. */
function relatedPods(set: ReplicaSet, caches: Caches): readonly Pod[] {
  const owner = controllerOf(set);
  const siblings = owner === undefined ? [set] : caches.ownedBy(ReplicaSet, owner.uid);
  return siblings.flatMap((sibling) => caches.ownedBy(Pod, sibling.metadata.uid)).filter(isPodActive);
}

/** Replica sets that may adopt the pod; none for a pod that has a controller. */
function setsForOrphan(pod: Pod, caches: Caches): readonly { readonly name: string; readonly namespace?: string | undefined }[] {
  if (controllerOf(pod) !== undefined) return [];
  const labels = pod.metadata.labels;
  return caches.list(ReplicaSet, pod.metadata.namespace).filter((set) => compiledSelector(set.spec.selector).matches(labels)).map(({ metadata }) => metadata);
}
