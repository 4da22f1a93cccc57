import { findCondition, isTerminating } from '@keelson/api';
import type { Pod } from '@keelson/api/core/v1';

/** True for a pod that counts as a replica: neither ended nor going. */
export function isPodActive(pod: Pod): boolean {
  return !isPodFinished(pod) && !isTerminating(pod);
}

/** True for a pod whose containers have all ended for good. */
export function isPodFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** Time since which the pod is ready, milliseconds since the epoch; undefined while it is not. */
export function podReadySince(pod: Pod): number | undefined {
  const ready = findCondition(pod.status?.conditions, 'Ready');
  if (ready?.status !== 'True') return undefined;
  return ready.lastTransitionTime === undefined ? 0 : Date.parse(ready.lastTransitionTime);
}

/**
 * Milliseconds until a pod that stays ready counts as available: 0 when it is available, undefined while it is not ready.
 */
export function podAvailableIn(pod: Pod, minReadySeconds: number, now: number): number | undefined {
  const since = podReadySince(pod);
  if (since === undefined) return undefined;
  return minReadySeconds === 0 ? 0 : Math.max(0, since + minReadySeconds * 1000 - now);
}
