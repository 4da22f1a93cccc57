import { SpanKind, type SpanContext } from '@opentelemetry/api';
import { Attr, SpanName, linksAndParent, runDetached, withSpan, type Cause } from '@keelson/telemetry';
import type { Pod } from '@keelson/api/core/v1';
import type { Cancel } from '@keelson/sdk';
import { PodProbes } from '../probe/pod-probes.ts';
import { buildStatus } from '../status/build-status.ts';
import { PodVolumes } from '../volumes/pod-volumes.ts';
import type { ContainerSlot } from './container-slot.ts';
import type { NodeTools } from './node-tools.ts';
import type { PodContext } from './pod-context.ts';
import { addEphemerals, newPodState, slotsOf, type PodState } from './pod-state.ts';
import { isTerminalPhase, restore, type Recovered } from './restore.ts';
import { stopPod } from './stop-pod.ts';
import { graceOf, killUnhealthy, syncPod } from './sync-pod.ts';

/** Pause after a pass that failed, growing with each; milliseconds. */
const firstRetryMs = 1000;
const mostRetryMs = 60_000;

interface Unhealthy {
  readonly slot: ContainerSlot;
  readonly why: string;
  readonly graceMs: number;
}

/**
 * The one worker of one pod: passes run one after another, each on the newest state, woken by changes of the pod, by
 * the runtime, by probes and by at most one timer. An idle pod has neither timer nor promise.
 */
export class PodWorker {
  readonly state: PodState;
  readonly #tools: NodeTools;
  readonly #probes: PodProbes;
  readonly #onGone: () => void;
  readonly #volumes: PodVolumes | undefined;
  #loop: Promise<void> | undefined;
  #dirty = false;
  #causes: Cause[] = [];
  #pass = new AbortController();
  #timer: { readonly cancel: Cancel; readonly at: number } | undefined;
  #unhealthy: Unhealthy[] = [];
  #stopping: number | undefined;
  #removed = false;
  #deleted = false;
  #closed = false;
  #failures = 0;

  /** `rejection`: the node cannot run the pod, and says so instead. */
  constructor(pod: Pod, recovered: Recovered | undefined, tools: NodeTools, onGone: () => void, rejection?: { readonly reason: string; readonly message: string }) {
    this.#tools = tools;
    this.#onGone = onGone;
    this.state = newPodState(pod, tools.clock.now());
    restore(this.state, recovered, tools.runtime.info.name);
    this.#probes = new PodProbes(this.state, tools, {
      changed: () => this.#wake(),
      unhealthy: (slot, type, graceSeconds) => {
        const why = `Container ${slot.spec.name} failed ${type} probe, will be restarted`;
        this.#unhealthy.push({ slot, why, graceMs: graceSeconds === undefined ? graceOf(this.state) : 1000 * graceSeconds });
        this.#wake();
      },
    });
    this.#volumes = (pod.spec.volumes ?? []).length === 0 ? undefined : new PodVolumes(pod, tools.volumes, () => this.#wake());
    if (rejection !== undefined) this.#reject(rejection);
    for (const slot of slotsOf(this.state)) if (slot.running) this.#probes.start(slot);
  }

  /** A new state of the pod. */
  update(pod: Pod, cause: SpanContext | undefined): void {
    const wasEnding = this.#isEnding();
    this.state.pod = pod;
    this.#volumes?.update(pod);
    addEphemerals(this.state);
    if (cause !== undefined) this.#causes.push({ span: cause, at: this.#tools.clock.now() });
    this.#overtake(wasEnding);
    this.#wake();
  }

  /** Only the status of the pod changed, by our own write or somebody's: nothing to start or end, but maybe to say again. */
  statusChanged(pod: Pod, own: boolean): void {
    this.state.pod = pod;
    this.#volumes?.update(pod);
    if (isTerminalPhase(pod) && !this.state.terminated) this.#wake();
    else if (!own && this.#loop === undefined && !this.#closed) this.#report(false);
  }

  /** The object is gone: end what runs, then forget it. */
  removed(pod: Pod, cause: SpanContext | undefined): void {
    this.#removed = true;
    this.update(pod, cause);
  }

  /** The runtime has news of one of its containers. */
  runtimeChanged(sandboxLost: boolean): void {
    const { sandbox } = this.state;
    if (sandboxLost && sandbox !== undefined) {
      this.state.sandbox = undefined;
      this.state.lostSandboxes = [...this.state.lostSandboxes, sandbox.id];
    }
    this.#wake();
  }

  /** The network is there again: a pod that waits for it need not wait longer. */
  networkIsBack(): void {
    if (this.state.sandbox?.state !== 'ready' && !this.state.terminated) this.#wake();
  }

  /** The agent stops: leaves everything as it is, resolves when no pass runs. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel.cancel();
    this.#probes.stopAll();
    this.#volumes?.close();
    this.#pass.abort(new Error('the node agent stops'));
    await this.#loop;
  }

  #reject({ reason, message }: { readonly reason: string; readonly message: string }): void {
    this.state.failure = { reason, message: `Pod was rejected: ${message}` };
    this.state.terminated = true;
    this.state.rejected = true;
    this.#tools.events.record(this.state.pod, 'Warning', reason, message);
  }

  /** A pass that starts things must not hold up the end; one that ends things may have to hurry. */
  #overtake(wasEnding: boolean): void {
    if (!this.#isEnding()) return;
    if (!wasEnding) return this.#pass.abort(new Error('the pod is to end'));
    const grace = this.#endingGraceMs();
    if (this.#stopping === undefined || grace >= this.#stopping) return;
    this.#stopping = grace;
    for (const slot of slotsOf(this.state)) {
      if (slot.running && slot.id !== undefined) this.#tools.runtime.stopContainer(slot.id, grace).catch((error: unknown) => this.#logFault(error));
    }
  }

  #isEnding(): boolean {
    return this.#removed || this.state.pod.metadata.deletionTimestamp !== undefined;
  }

  /** A forced deletion leaves processes one second (upstream's minimum). */
  #endingGraceMs(): number {
    const { metadata, spec } = this.state.pod;
    return Math.max(1000, 1000 * (metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30));
  }

  #wake(): void {
    this.#dirty = true;
    if (this.#loop !== undefined || this.#closed) return;
    this.#loop = runDetached(() => this.#run()).finally(() => {
      this.#loop = undefined;
      if (this.#dirty) this.#wake();
    });
  }

  async #run(): Promise<void> {
    // Let what comes in the same turn (the list at start, several changes of one write) be one pass.
    await Promise.resolve();
    while (this.#dirty && !this.#closed) {
      this.#dirty = false;
      try {
        await this.#traced();
        this.#failures = 0;
      } catch (error) {
        if (this.#closed) return;
        if (this.#pass.signal.aborted) this.#dirty = true;
        else this.#retryLater(error);
      }
    }
  }

  #traced(): Promise<void> {
    const { clock, tracer, nodeName } = this.#tools;
    const { metadata } = this.state.pod;
    const causes = this.#causes;
    this.#causes = [];
    const attributes = {
      [Attr.podName]: metadata.name, [Attr.namespaceName]: metadata.namespace ?? '', [Attr.podUid]: metadata.uid, [Attr.nodeName]: nodeName,
    };
    return withSpan(tracer, SpanName.syncPod, { kind: SpanKind.CONSUMER, attributes, ...linksAndParent(causes, clock.now()) }, () => this.#once());
  }

  async #once(): Promise<void> {
    this.#pass = new AbortController();
    const context = this.#context();
    if (this.#isEnding()) return this.#end(context);
    if (isTerminalPhase(this.state.pod) && !this.state.terminated) {
      // Somebody else failed the pod (an eviction): what runs of it must end.
      const { reason = 'Failed', message = '' } = this.state.pod.status ?? {};
      this.state.failure = { reason, message };
      await stopPod(context, graceOf(this.state));
    }
    for (const { slot, why, graceMs } of this.#unhealthy.splice(0)) {
      context.report(true);
      await killUnhealthy(slot, context, why, graceMs);
    }
    await syncPod(context);
    this.#report(false);
  }

  async #end(context: PodContext): Promise<void> {
    const { statuses, runtime, host, deletePod } = this.#tools;
    this.#timer?.cancel.cancel();
    this.#timer = undefined;
    if (!this.state.terminated) {
      this.#stopping = this.#endingGraceMs();
      this.#probes.stopAll();
      await stopPod(context, this.#stopping);
    }
    if (!this.#removed) {
      if (this.#deleted) return;
      this.#report(false);
      await statuses.written(this.state.pod);
      if (this.#removed) return this.#wake();
      await deletePod(this.state.pod);
      this.#deleted = true;
      return;
    }
    for (const id of [...this.state.lostSandboxes, ...(this.state.sandbox === undefined ? [] : [this.state.sandbox.id])]) await runtime.removeSandbox(id);
    this.#volumes?.close();
    if (host !== undefined) await host.removePod({ uid: this.state.pod.metadata.uid, logDirectory: host.directories.logDirectory(this.state.pod) });
    this.#forget();
  }

  #forget(): void {
    const { statuses, crashes, pulls } = this.#tools;
    const { uid } = this.state.pod.metadata;
    this.#closed = true;
    this.#dirty = false;
    this.#probes.stopAll();
    statuses.forget(uid);
    for (const { spec } of slotsOf(this.state)) {
      crashes.forget(`${uid}/${spec.name}`);
      pulls.forget(`${uid}/${spec.name}/${spec.image ?? ''}`);
    }
    this.#onGone();
  }

  #context(): PodContext {
    return {
      state: this.state,
      tools: this.#tools,
      volumes: this.#volumes,
      signal: this.#pass.signal,
      wakeAt: (at) => this.#wakeAt(at),
      report: (passing) => this.#report(passing),
      startProbes: (slot) => this.#probes.start(slot),
      stopProbes: (slot) => this.#probes.stop(slot),
    };
  }

  #report(passing: boolean): void {
    const { statuses, runtime, hostIp, clock } = this.#tools;
    statuses.report(this.state.pod, (known) => buildStatus(this.state, known, { runtime: runtime.info.name, hostIp, now: clock.now() }), passing);
  }

  #wakeAt(at: number): void {
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.#timer?.cancel.cancel();
    const { clock } = this.#tools;
    const cancel = clock.after(Math.max(0, at - clock.now()), () => {
      this.#timer = undefined;
      this.#wake();
    });
    this.#timer = { cancel, at };
  }

  #retryLater(error: unknown): void {
    this.#failures++;
    this.#logFault(error);
    this.#wakeAt(this.#tools.clock.now() + Math.min(mostRetryMs, firstRetryMs * 2 ** Math.min(10, this.#failures - 1)));
  }

  #logFault(error: unknown): void {
    this.#tools.log.warn('pod could not be synced, trying again', { pod: this.state.pod.metadata.name, error: error instanceof Error ? error.message : String(error) });
  }
}
