import type { Cause } from '@keelson/telemetry';
import type { PodInfo } from '@keelson/sdk/scheduler';
import type { HeapItem } from './heap.ts';

/** Where a pod waits. `in-flight`: being decided or bound. */
export type QueuePlace = 'active' | 'backoff' | 'unschedulable' | 'gated' | 'in-flight';

/** A pod without a node, with its history of tries. */
export interface QueuedPod extends HeapItem {
  info: PodInfo;
  place: QueuePlace;
  /** Tries so far. */
  attempts: number;
  /** Wall time of entering the present place; orders equals of one priority. */
  since: number;
  /** Breaks ties between pods of one millisecond. */
  sequence: number;
  /** Wall time before which it is not tried again. */
  backoffUntil: number;
  /** Filter policies that refused it at the last try. */
  refusedBy: ReadonlySet<string>;
  /** The write that made the pod what it is now. */
  cause: Cause | undefined;
}

/** Upstream's default order: higher priority first, then the one that waits longer. */
export function bySchedulingOrder(a: QueuedPod, b: QueuedPod): boolean {
  if (a.info.priority !== b.info.priority) return a.info.priority > b.info.priority;
  return a.since !== b.since ? a.since < b.since : a.sequence < b.sequence;
}

/** The pod whose back-off ends first. */
export function byBackoff(a: QueuedPod, b: QueuedPod): boolean {
  return a.backoffUntil !== b.backoffUntil ? a.backoffUntil < b.backoffUntil : a.sequence < b.sequence;
}
