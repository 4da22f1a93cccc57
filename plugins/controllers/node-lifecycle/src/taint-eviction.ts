import { isEqual, isTerminating, withCondition } from '@keelson/api';
import { Node, Pod, type Taint } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import { isStatus } from '@keelson/sdk';
import type { Caches, ControllerDeclaration, ReconcileContext, ReconcileResult } from '@keelson/sdk/controller';
import { podsByNode } from './pods-by-node.ts';
import { toleratedFor } from './toleration.ts';

interface Scheduled {
  /** Monotonic time at which the pod was first found on a tainted node. */
  readonly since: number;
}

/** Evictions that are due later, by node and then by pod uid. */
type Schedule = Map<string, Map<string, Scheduled>>;

/** Deletes pods that do not tolerate the NoExecute taints of their node, each when its toleration ends. */
export function taintEviction(concurrency: number): ControllerDeclaration<Node> {
  const schedule: Schedule = new Map();
  return {
    name: 'taint-eviction',
    for: Node,
    watches: [{ kind: Pod, enqueue: nodeOfPod }],
    indexes: [podsByNode],
    concurrency,
    reconcile: (node, context) => reconcile(node, context, schedule),
    deleted: ({ name }) => void schedule.delete(name),
  };
}

/** Only pods on tainted nodes matter, and of those only what changes their stay. */
function nodeOfPod(pod: Pod, caches: Caches, { previous, deleted }: { readonly previous: Pod | undefined; readonly deleted: boolean }) {
  const name = pod.spec.nodeName ?? '';
  const node = name === '' ? undefined : caches.get(Node, { name });
  if (node === undefined || noExecute(node).length === 0) return [];
  const same = previous !== undefined && previous.spec.nodeName === name && isEqual(previous.spec.tolerations, pod.spec.tolerations);
  return same && !deleted && isTerminating(previous) === isTerminating(pod) ? [] : [{ name }];
}

async function reconcile(node: Node, context: ReconcileContext, schedule: Schedule): Promise<ReconcileResult> {
  const { caches, clock, events } = context;
  const { name } = node.metadata;
  const taints = noExecute(node);
  const before = schedule.get(name) ?? new Map<string, Scheduled>();
  if (taints.length === 0 && before.size === 0) return;
  const now = clock.monotonic();
  const after = new Map<string, Scheduled>();
  const due: Pod[] = [];
  let next = Number.POSITIVE_INFINITY;
  for (const pod of caches.byIndex(Pod, podsByNode.name, name)) {
    const { uid, namespace } = pod.metadata;
    const stay = isTerminating(pod) || taints.length === 0 ? Number.POSITIVE_INFINITY : toleratedFor(taints, pod.spec.tolerations ?? []);
    const scheduled = before.get(uid);
    if (stay === Number.POSITIVE_INFINITY) {
      if (scheduled !== undefined && !isTerminating(pod)) events.record(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${namespace ?? ''}/${pod.metadata.name}`);
      continue;
    }
    const since = scheduled?.since ?? now;
    const left = since + stay - now;
    after.set(uid, { since });
    if (left <= 0) due.push(pod);
    else next = Math.min(next, left);
  }
  if (after.size === 0) schedule.delete(name);
  else schedule.set(name, after);
  for (const pod of due) await evict(pod, context);
  return next === Number.POSITIVE_INFINITY ? undefined : { requeueAfter: next };
}

/** The condition comes first, so that whoever sees the pod go knows why. */
async function evict(pod: Pod, { api, clock, events }: ReconcileContext): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  events.record(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace ?? ''}/${name}`);
  const conditions = withCondition(pod.status?.conditions, {
    type: 'DisruptionTarget', status: 'True', reason: 'DeletionByTaintManager', message: 'Taint manager: deleting due to NoExecute taint', lastTransitionTime: formatTime(clock.now()),
  });
  try {
    await api.patch(Pod, { name, namespace }, { type: 'strategic', body: { metadata: { uid }, status: { conditions } } }, { subresource: 'status' });
    await api.delete(pod, { preconditions: { uid } });
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
  }
}

function noExecute({ spec }: Node): readonly Taint[] {
  return (spec.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
}
