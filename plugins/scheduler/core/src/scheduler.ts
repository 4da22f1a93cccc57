import type { Tracer } from '@opentelemetry/api';
import type { Pod } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import type { Clock, Logger } from '@keelson/sdk';
import type { EventRecorder } from '@keelson/sdk/controller';
import type { PodInfo } from '@keelson/sdk/scheduler';
import { Attr, SpanName, linksAndParent, runDetached, withSpan } from '@keelson/telemetry';
import { Bounded } from './bounded.ts';
import type { Algorithm, Decision, Phases } from './cycle/algorithm.ts';
import { fitErrorText } from './cycle/diagnosis.ts';
import { preemptionNote } from './cycle/preemption-note.ts';
import { DecisionLog } from './decision-log.ts';
import { notScheduledPatch, type NotScheduled } from './pod-conditions.ts';
import type { QueuedPod } from './queue/queued-pod.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';
import type { SchedulerApi } from './scheduler-api.ts';
import type { NodeTable } from './snapshot/node-table.ts';
import type { PodCache } from './snapshot/pod-cache.ts';

/** Deciding for so long without a pause would keep the API server of the same process from answering. */
const sliceMs = 10;

export interface SchedulerParts {
  readonly api: SchedulerApi;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly table: NodeTable;
  readonly cache: PodCache;
  readonly queue: SchedulingQueue;
  readonly algorithm: Algorithm;
  /** Bindings under way at once. */
  readonly bindConcurrency: number;
}

/** The loop: takes pods in order, decides one at a time, binds many at once. */
export class Scheduler {
  readonly decisions = new DecisionLog();
  readonly #parts: SchedulerParts;
  readonly #bindings: Bounded;
  readonly #reports: Bounded;
  #draining: Promise<void> | undefined;
  #stopped = false;
  #fail: (error: unknown) => void = () => undefined;
  /** Rejects when the loop itself breaks. */
  readonly failed: Promise<never>;

  constructor(parts: SchedulerParts) {
    this.#parts = parts;
    this.#bindings = new Bounded(parts.bindConcurrency);
    this.#reports = new Bounded(parts.bindConcurrency);
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => undefined);
  }

  /** Tries every pod that is ready; called whenever one became so. */
  poke(): void {
    if (this.#draining !== undefined || this.#stopped) return;
    // Detached: the caller is some watch event, which is not what causes the other pods' cycles.
    this.#draining = runDetached(() => this.#drain())
      .catch(this.#fail)
      .finally(() => {
        this.#draining = undefined;
        // A pod that became ready between the last look and now would otherwise wait for the next one.
        if (this.#parts.queue.ready) this.poke();
      });
  }

  /** Takes no new pod and resolves when the bindings under way are done. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#parts.queue.close();
    await this.#draining;
    await this.#bindings.idle();
    await this.#reports.idle();
  }

  /** Writes a patch of a pod's status beside the loop; undefined is nothing to write. */
  report(pod: Pod, patch: object | undefined): void {
    const { api, log } = this.#parts;
    if (patch === undefined || this.#stopped) return;
    this.#reports.start(() =>
      api.patchStatus(pod, patch).catch((error: unknown) => {
        log.warn('condition PodScheduled could not be written', { pod: pod.metadata.name, error: messageOf(error) });
      }),
    );
  }

  async #drain(): Promise<void> {
    const { queue, clock } = this.#parts;
    // What woke us may bring more in the same turn (a list of a thousand pods): priorities are then compared among all.
    await Promise.resolve();
    let sliceEnd = clock.monotonic() + sliceMs;
    for (let pod = queue.pop(); pod !== undefined; pod = this.#stopped ? undefined : queue.pop()) {
      this.#schedule(pod);
      if (this.#bindings.full) await this.#bindings.free();
      if (clock.monotonic() >= sliceEnd) {
        await clock.sleep(0);
        sliceEnd = clock.monotonic() + sliceMs;
      }
    }
  }

  #schedule(pod: QueuedPod): void {
    const { clock, tracer } = this.#parts;
    const { info } = pod;
    const { parent, links } = linksAndParent(pod.cause === undefined ? [] : [pod.cause], clock.now());
    const attributes = {
      [Attr.podName]: info.pod.metadata.name,
      [Attr.namespaceName]: info.pod.metadata.namespace ?? '',
      [Attr.podUid]: info.pod.metadata.uid,
      [Attr.attempt]: pod.attempts,
    };
    this.#bindings.start(() =>
      withSpan(tracer, SpanName.schedulePod, { parent, links, attributes }, async (span) => {
        try {
          const decision = this.#parts.algorithm.decide(info, this.#phases());
          this.#record(pod, decision);
          if (decision.outcome === 'placed') {
            span.setAttribute(Attr.nodeName, decision.nodeName);
            span.setAttribute(Attr.nodesFeasible, decision.feasible);
            span.setAttribute(Attr.nodesEvaluated, decision.evaluated);
            this.#parts.cache.assume(info, decision.nodeName);
            await this.#bind(pod, decision.nodeName);
          } else {
            this.#refuse(pod, decision);
          }
        } catch (error) {
          this.#faulted(pod, error);
        }
      }),
    );
  }

  #phases(): Phases {
    const { tracer } = this.#parts;
    return {
      filter: (run) =>
        withSpan(tracer, SpanName.filter, {}, (span) => {
          const found = run();
          span.setAttribute(Attr.nodesFeasible, found.feasible);
          span.setAttribute(Attr.nodesEvaluated, found.evaluated);
          return found;
        }),
      score: (feasible, run) => withSpan(tracer, SpanName.score, { attributes: { [Attr.nodesFeasible]: feasible } }, run),
    };
  }

  async #bind(pod: QueuedPod, nodeName: string): Promise<void> {
    const { api, cache, queue, tracer } = this.#parts;
    const { info } = pod;
    try {
      await withSpan(tracer, SpanName.bind, { attributes: { [Attr.nodeName]: nodeName } }, () => api.bind(info.pod, nodeName));
    } catch (error) {
      cache.forget(info.key);
      throw new Error(`binding rejected: ${messageOf(error)}`, { cause: error });
    }
    queue.delete(info.key);
    this.#parts.events.record(info.pod, 'Normal', 'Scheduled', `Successfully assigned ${info.key} to ${nodeName}`);
  }

  /** No node fits: say so in event and condition, and wait for an event that helps. */
  #refuse(pod: QueuedPod, decision: Exclude<Decision, { outcome: 'placed' }>): void {
    const { queue, table } = this.#parts;
    const { info } = pod;
    if (decision.outcome === 'no-nodes') {
      queue.refused(pod, new Set());
      this.#notScheduled(info, { reason: 'Unschedulable', message: 'no nodes available to schedule pods' });
      return;
    }
    const { diagnosis } = decision;
    queue.refused(pod, diagnosis.refusedBy);
    const note = preemptionNote(info, table, diagnosis);
    const message = fitErrorText(diagnosis.nodes, diagnosis.reasons) + (note === undefined ? '' : ` ${note}`);
    this.#notScheduled(info, { reason: 'Unschedulable', message });
  }

  #faulted(pod: QueuedPod, error: unknown): void {
    const { queue } = this.#parts;
    // Placed or gone meanwhile: only the answer to our binding was lost.
    if (queue.get(pod.info.key) !== pod) return;
    queue.failed(pod);
    this.#parts.log.warn('pod could not be scheduled, trying again', { pod: pod.info.key, error: messageOf(error) });
    this.#notScheduled(pod.info, { reason: 'SchedulerError', message: messageOf(error) });
  }

  #notScheduled({ pod }: PodInfo, why: NotScheduled): void {
    const { events, clock } = this.#parts;
    events.record(pod, 'Warning', 'FailedScheduling', why.message);
    this.report(pod, notScheduledPatch(pod, why, formatTime(clock.now())));
  }

  #record(pod: QueuedPod, decision: Decision): void {
    const { info } = pod;
    const head = { pod: info.key, uid: info.pod.metadata.uid, attempt: pod.attempts, at: this.#parts.clock.now() };
    if (decision.outcome === 'placed') {
      const { nodeName, score, feasible, evaluated } = decision;
      this.decisions.add({ ...head, node: nodeName, score, feasible, evaluated, reasons: {} });
      return;
    }
    const diagnosis = decision.outcome === 'unfit' ? decision.diagnosis : undefined;
    this.decisions.add({ ...head, feasible: 0, evaluated: diagnosis?.nodes ?? 0, reasons: Object.fromEntries(diagnosis?.reasons ?? []) });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
