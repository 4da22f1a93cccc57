import type { Node } from '@keelson/api/core/v1';
import type { EventRecorder } from '@keelson/sdk/controller';

/**
 * Says that a node was cordoned or uncordoned, as the kubelet does: `kubectl cordon` itself leaves no event. The event
 * bears the node's name for its uid, under which `kubectl describe node` looks for those of the kubelet.
 */
export function recordSchedulable(events: EventRecorder, before: Node, node: Node): void {
  const isCordoned = node.spec?.unschedulable === true;
  if (isCordoned === (before.spec?.unschedulable === true)) return;
  const { name } = node.metadata;
  const reason = isCordoned ? 'NodeNotSchedulable' : 'NodeSchedulable';
  events.record({ ...node, metadata: { ...node.metadata, uid: name } }, 'Normal', reason, `Node ${name} status is now: ${reason}`);
}
