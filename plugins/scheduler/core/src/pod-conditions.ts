import { findCondition } from '@keelson/api';
import type { Pod, PodCondition } from '@keelson/api/core/v1';

/** What the `PodScheduled` condition says of a pod that has no node. */
export interface NotScheduled {
  readonly reason: 'Unschedulable' | 'SchedulingGated' | 'SchedulerError';
  readonly message: string;
}

/** Upstream's words for a pod with gates. */
export const gated: NotScheduled = { reason: 'SchedulingGated', message: 'Scheduling is blocked due to non-empty scheduling gates' };

/** The strategic merge patch of a pod's status that says so, or undefined if it says so already. */
export function notScheduledPatch(pod: Pod, { reason, message }: NotScheduled, now: string): object | undefined {
  const current = findCondition<PodCondition>(pod.status?.conditions, 'PodScheduled');
  if (current?.status === 'False' && current.reason === reason && current.message === message) return undefined;
  const lastTransitionTime = current?.status === 'False' ? (current.lastTransitionTime ?? now) : now;
  const condition = { type: 'PodScheduled', status: 'False', reason, message, lastProbeTime: null, lastTransitionTime };
  return { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } };
}
