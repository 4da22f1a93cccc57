import type { Cancel, Clock } from '@keelson/sdk';
import type { Cause } from '@keelson/telemetry';
import type { PodInfo } from '@keelson/sdk/scheduler';
import { Heap } from './heap.ts';
import { byBackoff, bySchedulingOrder, type QueuedPod, type QueuePlace } from './queued-pod.ts';

/** All in milliseconds. */
export interface QueueSettings {
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
  /** A pod that no event moves is tried again after this. */
  readonly maxUnschedulableMs: number;
}

/**
 * Pods that wait for a node: ready to be tried (`active`), waiting out a back-off, or waiting for an event that could
 * help (`unschedulable`). One timer runs for all of them, and only while there is something to wait for.
 */
export class SchedulingQueue {
  readonly #clock: Clock;
  readonly #settings: QueueSettings;
  readonly #onActive: () => void;
  readonly #pods = new Map<string, QueuedPod>();
  readonly #active = new Heap<QueuedPod>(bySchedulingOrder);
  readonly #backoff = new Heap<QueuedPod>(byBackoff);
  readonly #unschedulable = new Set<QueuedPod>();
  #sequence = 0;
  #timer: { readonly cancel: Cancel; readonly at: number } | undefined;

  /** `onActive` is called when a pod became ready to be tried. */
  constructor(clock: Clock, settings: QueueSettings, onActive: () => void) {
    this.#clock = clock;
    this.#settings = settings;
    this.#onActive = onActive;
  }

  /** Pods by place; for metrics and tests. */
  counts(): Readonly<Record<QueuePlace, number>> {
    const counts = { active: 0, backoff: 0, unschedulable: 0, gated: 0, 'in-flight': 0 };
    for (const pod of this.#pods.values()) counts[pod.place]++;
    return counts;
  }

  /** True while a pod is ready to be tried. */
  get ready(): boolean {
    return this.#active.size > 0;
  }

  get(key: string): QueuedPod | undefined {
    return this.#pods.get(key);
  }

  /** A pod without a node appeared, or its state changed. `mayFit`: the change is one that could make it fit. */
  set(info: PodInfo, cause: Cause | undefined, mayFit: boolean): void {
    const gated = (info.pod.spec.schedulingGates?.length ?? 0) > 0;
    const known = this.#pods.get(info.key);
    if (known === undefined) {
      const now = this.#clock.now();
      const pod: QueuedPod = {
        info, cause, place: 'gated', attempts: 0, since: now, sequence: this.#sequence++, backoffUntil: 0, refusedBy: new Set(), heapIndex: -1,
      };
      this.#pods.set(info.key, pod);
      if (!gated) this.#activate(pod);
      return;
    }
    known.cause = cause ?? known.cause;
    const stays = known.place === 'in-flight' || (known.place === 'unschedulable' && !mayFit && !gated);
    if (!stays) this.#leave(known);
    known.info = info;
    if (stays) return;
    if (gated) known.place = 'gated';
    else if (known.place === 'backoff') this.#backoff.push(known);
    else this.#retry(known);
  }

  /** The pod has a node, or is gone. */
  delete(key: string): void {
    const pod = this.#pods.get(key);
    if (pod === undefined) return;
    this.#leave(pod);
    this.#pods.delete(key);
  }

  /** The next pod to try; it stays `in-flight` until it is deleted, refused or failed. */
  pop(): QueuedPod | undefined {
    const pod = this.#active.pop();
    if (pod === undefined) return undefined;
    pod.place = 'in-flight';
    pod.attempts++;
    return pod;
  }

  /** No node fits: wait for an event that one of `refusedBy` asked for. */
  refused(pod: QueuedPod, refusedBy: ReadonlySet<string>): void {
    if (this.#pods.get(pod.info.key) !== pod) return;
    pod.place = 'unschedulable';
    pod.since = this.#clock.now();
    pod.refusedBy = refusedBy;
    pod.backoffUntil = pod.since + this.#backoffOf(pod);
    this.#unschedulable.add(pod);
    this.#arm();
  }

  /** Something else went wrong (the binding was rejected, a policy threw): try again after the back-off. */
  failed(pod: QueuedPod): void {
    if (this.#pods.get(pod.info.key) !== pod) return;
    pod.backoffUntil = this.#clock.now() + this.#backoffOf(pod);
    this.#wait(pod);
  }

  /** Gives unschedulable pods another try after an event, those for which `wants` says so. */
  wake(wants: (refusedBy: ReadonlySet<string>) => boolean): void {
    for (const pod of [...this.#unschedulable]) if (wants(pod.refusedBy)) this.#retryFromUnschedulable(pod);
  }

  /** Stops the timer; the queue is not used after. */
  close(): void {
    this.#timer?.cancel.cancel();
    this.#timer = undefined;
  }

  #retryFromUnschedulable(pod: QueuedPod): void {
    this.#unschedulable.delete(pod);
    this.#retry(pod);
  }

  #retry(pod: QueuedPod): void {
    if (pod.backoffUntil > this.#clock.now()) this.#wait(pod);
    else this.#activate(pod);
  }

  #wait(pod: QueuedPod): void {
    pod.place = 'backoff';
    this.#backoff.push(pod);
    this.#arm();
  }

  #activate(pod: QueuedPod): void {
    pod.place = 'active';
    pod.since = this.#clock.now();
    this.#active.push(pod);
    this.#onActive();
  }

  #leave(pod: QueuedPod): void {
    if (pod.place === 'active') this.#active.remove(pod);
    else if (pod.place === 'backoff') this.#backoff.remove(pod);
    else if (pod.place === 'unschedulable') this.#unschedulable.delete(pod);
  }

  #backoffOf(pod: QueuedPod): number {
    return Math.min(this.#settings.maxBackoffMs, this.#settings.initialBackoffMs * 2 ** Math.min(30, pod.attempts - 1));
  }

  /** Sets the one timer to the earliest thing that is due. */
  #arm(): void {
    const oldest = this.#unschedulable.values().next().value;
    const due = Math.min(this.#backoff.peek()?.backoffUntil ?? Infinity, oldest === undefined ? Infinity : oldest.since + this.#settings.maxUnschedulableMs);
    if (this.#timer !== undefined && this.#timer.at <= due) return;
    this.#timer?.cancel.cancel();
    this.#timer = undefined;
    if (due === Infinity) return;
    const cancel = this.#clock.after(Math.max(0, due - this.#clock.now()), () => {
      this.#timer = undefined;
      this.#flush();
    });
    this.#timer = { cancel, at: due };
  }

  #flush(): void {
    const now = this.#clock.now();
    for (let pod = this.#backoff.peek(); pod !== undefined && pod.backoffUntil <= now; pod = this.#backoff.peek()) {
      this.#backoff.remove(pod);
      this.#activate(pod);
    }
    for (const pod of this.#unschedulable) {
      if (pod.since + this.#settings.maxUnschedulableMs > now) break;
      this.#retryFromUnschedulable(pod);
    }
    this.#arm();
  }
}
