import type { Node } from '@keelson/api/core/v1';
import type { ClusterEvent } from '@keelson/sdk/scheduler';

/** Which parts of a node that policies look at differ between two states of it. */
export function nodeChanges(before: Node, after: Node): readonly ClusterEvent[] {
  const events: ClusterEvent[] = [];
  if (differs(before.status?.allocatable, after.status?.allocatable)) events.push('node-allocatable');
  if (differs(before.metadata.labels, after.metadata.labels)) events.push('node-labels');
  if (differs(before.spec.taints, after.spec.taints)) events.push('node-taints');
  if ((before.spec.unschedulable ?? false) !== (after.spec.unschedulable ?? false)) events.push('node-unschedulable');
  return events;
}

/** By content; the parts compared are small and plain. */
function differs(before: unknown, after: unknown): boolean {
  return before !== after && JSON.stringify(before) !== JSON.stringify(after);
}
