import { isConditionTrue, isTerminating } from '@keelson/api';
import { Node, Pod } from '@keelson/api/core/v1';
import type { Caches, ControllerDeclaration, IndexDeclaration, ReconcileContext, ReconcileResult } from '@keelson/sdk/controller';
import { forceDelete } from './force-delete.ts';

const outOfService = 'node.kubernetes.io/out-of-service';

const byNode: IndexDeclaration<Pod> = { kind: Pod, name: 'node', of: ({ spec }) => (spec.nodeName ? [spec.nodeName] : []) };

/**
 * Removes pods of nodes that are gone, after a quarantine in which the node may turn up, and terminating pods of nodes
 * that an administrator has declared out of service.
 */
export function orphanedPods(quarantine: number): ControllerDeclaration<Node> {
  /** Monotonic time since which each missing node has been missing. */
  const missing = new Map<string, number>();
  return {
    name: 'orphaned-pods',
    for: Node,
    watches: [{ kind: Pod, enqueue: nodeOfPod }],
    indexes: [byNode],
    async reconcile(node, context) {
      missing.delete(node.metadata.name);
      if (isOutOfService(node)) await removeTerminating(node, context);
    },
    deleted: (ref, context) => checkMissing(ref.name, context, missing, quarantine),
  };
}

/** Pods matter when their node is missing, or when they wait on one that is out of service. */
function nodeOfPod(pod: Pod, caches: Caches, { deleted }: { readonly deleted: boolean }) {
  const name = pod.spec.nodeName ?? '';
  if (deleted || name === '') return [];
  const node = caches.get(Node, { name });
  const matters = node === undefined || (isTerminating(pod) && isOutOfService(node));
  return matters ? [{ name }] : [];
}

function isOutOfService(node: Node): boolean {
  return (node.spec.taints ?? []).some(({ key }) => key === outOfService) && !isConditionTrue(node.status?.conditions, 'Ready');
}

async function removeTerminating(node: Node, { api, caches, clock }: ReconcileContext): Promise<void> {
  for (const pod of caches.byIndex(Pod, byNode.name, node.metadata.name)) if (isTerminating(pod)) await forceDelete(pod, api, clock.now());
}

async function checkMissing(name: string, { api, caches, clock, log }: ReconcileContext, missing: Map<string, number>, quarantine: number): Promise<ReconcileResult> {
  const pods = caches.byIndex(Pod, byNode.name, name);
  if (pods.length === 0) {
    missing.delete(name);
    return;
  }
  const since = missing.get(name) ?? clock.monotonic();
  missing.set(name, since);
  const left = since + quarantine - clock.monotonic();
  if (left > 0) return { requeueAfter: left };
  // The cache may lag behind; what is deleted by force must be certain.
  if ((await api.get(Node, { name })) !== undefined) return;
  for (const pod of pods) {
    log.info('removing a pod of a node that is gone', { pod: pod.metadata.name, namespace: pod.metadata.namespace, node: name });
    await forceDelete(pod, api, clock.now(), { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' });
  }
  missing.delete(name);
}
