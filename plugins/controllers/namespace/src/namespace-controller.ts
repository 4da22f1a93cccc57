import { isTerminating, type Kind } from '@keelson/api';
import { Namespace, Pod } from '@keelson/api/core/v1';
import { isStatus } from '@keelson/sdk';
import type { Caches, ControllerDeclaration, ReconcileContext, ReconcileResult } from '@keelson/sdk/controller';
import { deleteContent, type ContentDeletion, type Remaining } from './delete-content.ts';
import { deletionConditions, type DeletionOutcome } from './deletion-conditions.ts';
import { namespacedKinds } from './namespaced-kinds.ts';

/** The entry in `spec.finalizers` that this controller answers for. */
const finalizer = 'kubernetes';

/**
 * Empties namespaces that are being deleted, `graceMs` after that was asked for: who deletes a whole manifest names the
 * namespace first and then what is in it. `kinds` is asked each time, so that kinds may come and go.
 */
export function namespaceController(kinds: () => readonly Kind[], { graceMs }: { readonly graceMs: number }): ControllerDeclaration<Namespace> {
  return {
    name: 'namespace',
    for: Namespace,
    // Watching every kind for the sake of a rare deletion would be dear. Pods are what takes its time, so the last one to
    // go brings its namespace back at once; the rest is looked at again when it is expected to be gone.
    watches: [{ kind: Pod, enqueue: (pod: Pod, caches: Caches, { deleted }: { deleted: boolean }) => (deleted ? emptied(pod, caches) : []) }],
    concurrency: 10,
    reconcile: (namespace, context) => reconcile(namespace, context, { kinds, graceMs }),
  };
}

function emptied({ metadata }: Pod, caches: Caches) {
  const name = metadata.namespace ?? '';
  const namespace = caches.get(Namespace, { name });
  if (namespace === undefined || !isTerminating(namespace) || caches.list(Pod, name).length > 0) return [];
  return [{ name }];
}

async function reconcile(namespace: Namespace, context: ReconcileContext, { kinds, graceMs }: { readonly kinds: () => readonly Kind[]; readonly graceMs: number }): Promise<ReconcileResult> {
  if (!isTerminating(namespace) || !(namespace.spec?.finalizers ?? []).includes(finalizer)) return;
  const { api, clock } = context;
  const since = Date.parse(namespace.metadata.deletionTimestamp ?? '');
  const left = since + graceMs - clock.now();
  if (left > 0) return { requeueAfter: left };
  const outcome = await empty(kinds(), { api, namespace: namespace.metadata.name, since, now: clock.now() });
  const reported = await report(namespace, outcome, context);
  if (reported === undefined) return;
  if (outcome.errors.length > 0) throw new AggregateError(outcome.errors, `content of namespace ${namespace.metadata.name} could not be deleted: ${outcome.errors.map(({ message }) => message).join(', ')}`);
  if (outcome.remaining.length > 0) {
    const seconds = Math.max(...outcome.remaining.map(({ estimate }) => estimate));
    return { requeueAfter: (Math.floor(seconds / 2) + 1) * 1000 };
  }
  await finalize(reported, context);
}

/** Pods first; the rest only when no pod is left that could miss it. */
async function empty(kinds: readonly Kind[], deletion: ContentDeletion): Promise<DeletionOutcome> {
  const { pods, others } = namespacedKinds(kinds);
  const remaining: Remaining[] = [];
  const errors: Error[] = [];
  const run = async (kind: Kind): Promise<void> => {
    try {
      const left = await deleteContent(kind, deletion);
      if (left !== undefined) remaining.push(left);
    } catch (error) {
      errors.push(error as Error);
    }
  };
  if (pods !== undefined) await run(pods);
  if (remaining.length + errors.length === 0) for (const kind of others) await run(kind);
  return { remaining, errors };
}

/** Undefined when the namespace is gone. */
async function report(namespace: Namespace, outcome: DeletionOutcome, { api, clock }: ReconcileContext): Promise<Namespace | undefined> {
  const conditions = deletionConditions(namespace.status?.conditions, outcome, clock.now());
  if (conditions === namespace.status?.conditions && namespace.status.phase === 'Terminating') return namespace;
  try {
    return await api.updateStatus({ ...namespace, status: { ...namespace.status, phase: 'Terminating', conditions: [...conditions] } });
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}

async function finalize(namespace: Namespace, { api }: ReconcileContext): Promise<void> {
  const finalizers = (namespace.spec?.finalizers ?? []).filter((name) => name !== finalizer);
  try {
    await api.subresource(Namespace, { name: namespace.metadata.name }, 'finalize', 'update', { ...namespace, spec: { ...namespace.spec, finalizers } });
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
  }
}
