import { findCondition } from '@keelson/api';
import type { Node, NodeCondition } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';

/** Conditions that only the node's agent knows; that of the network belongs to the control plane. */
const types = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** The conditions of a node that is silent; undefined when they say so already. */
export function silentConditions(node: Node, now: number): NodeCondition[] | undefined {
  const present = node.status?.conditions ?? [];
  if (types.every((type) => findCondition(present, type)?.status === 'Unknown')) return undefined;
  const at = formatTime(now);
  const changed = present.map((condition) => (isOurs(condition) && condition.status !== 'Unknown' ? { ...condition, ...stopped, lastTransitionTime: at } : condition));
  const missing = types.filter((type) => findCondition(present, type) === undefined);
  return [...changed, ...missing.map((type) => ({ type, ...never, lastHeartbeatTime: node.metadata.creationTimestamp ?? at, lastTransitionTime: at }))];
}

const stopped = { status: 'Unknown', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
const never = { status: 'Unknown', reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' };

function isOurs({ type }: NodeCondition): boolean {
  return types.some((one) => one === type);
}
