import { objectKey } from '@keelson/api';
import type { Node, Pod } from '@keelson/api/core/v1';
import type { Change } from '@keelson/client';
import type { Clock } from '@keelson/sdk';
import type { ClusterEvent } from '@keelson/sdk/scheduler';
import { nodeChanges } from './node-changes.ts';
import { wantsRetry, type PolicySet } from './cycle/policy-set.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';
import type { PodCache } from './snapshot/pod-cache.ts';
import { podInfoOf } from './snapshot/pod-info.ts';

export interface ClusterEventsOptions {
  readonly clock: Clock;
  readonly cache: PodCache;
  readonly queue: SchedulingQueue;
  readonly policies: () => PolicySet;
  /** Only pods with this `spec.schedulerName` are placed; all pods are counted. */
  readonly schedulerName: string;
  /** A pod has gates: its condition may need to say so. */
  readonly onGated: (pod: Pod) => void;
}

/** Turns changes of nodes and pods into changes of cache and queue. */
export class ClusterEvents {
  readonly #options: ClusterEventsOptions;

  constructor(options: ClusterEventsOptions) {
    this.#options = options;
  }

  readonly node = ({ type, object, previous }: Change<Node>): void => {
    const { cache } = this.#options;
    if (type === 'deleted') return cache.removeNode(object.metadata.name);
    cache.setNode(object);
    const events: readonly ClusterEvent[] = previous === undefined ? ['node-add'] : nodeChanges(previous, object);
    for (const event of events) this.#wake(event);
  };

  readonly pod = (change: Change<Pod>): void => {
    const { cache, queue, schedulerName } = this.#options;
    const { object: pod, previous } = change;
    const key = objectKey(pod);
    if (change.type === 'deleted' || isTerminal(pod)) return this.#left(key);
    const { nodeName } = pod.spec;
    if (nodeName !== undefined && nodeName !== '') {
      queue.delete(key);
      // A status update of a placed pod changes no number; most events are such.
      if (previous?.spec.nodeName === nodeName && previous.metadata.generation !== undefined && previous.metadata.generation === pod.metadata.generation) return;
      cache.confirm(podInfoOf(pod), nodeName);
      return;
    }
    if (pod.metadata.deletionTimestamp !== undefined || (pod.spec.schedulerName ?? 'default-scheduler') !== schedulerName) return queue.delete(key);
    // The watch is behind our own binding: the pod is placed already.
    if (cache.isAssumed(key)) return;
    this.#enqueue(change);
  };

  #enqueue({ object: pod, previous, cause }: Change<Pod>): void {
    const { queue, clock, onGated } = this.#options;
    const mayFit = previous !== undefined && mayFitNow(previous, pod);
    // Our own condition patch wakes us too; it is not what the pod waits for.
    const at = clock.now();
    queue.set(podInfoOf(pod), cause === undefined || (previous !== undefined && !mayFit) ? undefined : { span: cause, at }, mayFit);
    if ((pod.spec.schedulingGates?.length ?? 0) > 0) onGated(pod);
  }

  #left(key: string): void {
    const { cache, queue } = this.#options;
    queue.delete(key);
    const wasPlaced = cache.nodeOf(key) !== undefined;
    cache.remove(key);
    if (wasPlaced) this.#wake('pod-delete');
  }

  #wake(event: ClusterEvent): void {
    const { queue, policies } = this.#options;
    const set = policies();
    queue.wake((refusedBy) => wantsRetry(set, refusedBy, event));
  }
}

function isTerminal(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

/** A change of what policies look at; our own status patch is none. */
function mayFitNow(before: Pod, after: Pod): boolean {
  return (
    before.metadata.generation !== after.metadata.generation ||
    JSON.stringify([before.spec, before.metadata.labels, before.metadata.annotations]) !== JSON.stringify([after.spec, after.metadata.labels, after.metadata.annotations])
  );
}
