import { context, type Context } from '@opentelemetry/api';
import { Pod, type PodStatus } from '@keelson/api/core/v1';
import { revisionOf } from '@keelson/client';
import { isStatus, type ApiClient, type Cancel, type Clock, type Logger } from '@keelson/sdk';
import { statusPatch } from './status-patch.ts';

/** Passing states (`ContainerCreating`) are written only if they last so long. */
const passingMs = 25;
const firstRetryMs = 200;
const mostRetryMs = 10_000;

interface Entry {
  pod: Pod;
  /** What to write, computed when it is written, from what the API server has then. */
  build: ((known: PodStatus | undefined) => PodStatus) | undefined;
  /** The pod as the API server last gave it to us. */
  known: Pod;
  context: Context;
  writing: boolean;
  failures: number;
  /** Set while a failed write waits for its next try. */
  retry: Cancel | undefined;
  onWritten: (() => void)[];
}

export interface StatusWriterOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Writes under way at once. */
  readonly concurrency: number;
}

/**
 * Writes pod statuses: the latest state of each pod, one write per pod at a time, none that would change nothing. A
 * state that is about to change is held back a moment, so that a pod that starts at once costs one write.
 */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #ready: Entry[] = [];
  readonly #passing = new Set<Entry>();
  readonly #idle: (() => void)[] = [];
  #passingTimer: Cancel | undefined;
  #writing = 0;
  #closed = false;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /** A new state of the pod came by watch. */
  observe(pod: Pod): void {
    const entry = this.#entries.get(pod.metadata.uid);
    if (entry !== undefined && revisionOf(pod.metadata.resourceVersion) > revisionOf(entry.known.metadata.resourceVersion)) entry.known = pod;
  }

  /** True if this state of the pod is, or may well be, the answer to our own last write. */
  isOwn(pod: Pod): boolean {
    const entry = this.#entries.get(pod.metadata.uid);
    return entry !== undefined && (entry.writing || entry.known.metadata.resourceVersion === pod.metadata.resourceVersion);
  }

  /** The state of the pod changed; `passing`: it will change again by itself, soon. */
  report(pod: Pod, build: (known: PodStatus | undefined) => PodStatus, passing: boolean): void {
    if (this.#closed) return;
    const entry = this.#entryOf(pod);
    entry.pod = pod;
    entry.build = build;
    entry.context = context.active();
    if (passing && !entry.writing) {
      this.#passing.add(entry);
      this.#passingTimer ??= this.#options.clock.after(passingMs, () => this.#flushPassing());
      return;
    }
    this.#enqueue(entry);
  }

  /** Resolves when everything reported for the pod so far is written (or the pod is gone). */
  written(pod: Pod): Promise<void> {
    const entry = this.#entries.get(pod.metadata.uid);
    if (entry === undefined || (entry.build === undefined && !entry.writing)) return Promise.resolve();
    return new Promise((resolve) => entry.onWritten.push(resolve));
  }

  /** The pod is gone: nothing is written for it any more. */
  forget(uid: string): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    this.#entries.delete(uid);
    this.#passing.delete(entry);
    entry.build = undefined;
    this.#settle(entry);
  }

  /** Writes what is pending and takes nothing more. */
  async close(): Promise<void> {
    this.#flushPassing();
    this.#closed = true;
    if (this.#writing > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    for (const entry of this.#entries.values()) this.#settle(entry);
    this.#entries.clear();
  }

  #entryOf(pod: Pod): Entry {
    let entry = this.#entries.get(pod.metadata.uid);
    if (entry === undefined) {
      entry = { pod, build: undefined, known: pod, context: context.active(), writing: false, failures: 0, retry: undefined, onWritten: [] };
      this.#entries.set(pod.metadata.uid, entry);
    }
    return entry;
  }

  #flushPassing(): void {
    this.#passingTimer?.cancel();
    this.#passingTimer = undefined;
    const entries = [...this.#passing];
    this.#passing.clear();
    for (const entry of entries) this.#enqueue(entry);
  }

  #enqueue(entry: Entry): void {
    this.#passing.delete(entry);
    if (entry.writing) return;
    entry.writing = true;
    this.#ready.push(entry);
    this.#pump();
  }

  #pump(): void {
    while (this.#writing < this.#options.concurrency) {
      const entry = this.#ready.shift();
      if (entry === undefined) return;
      this.#writing++;
      void context.with(entry.context, () => this.#write(entry)).finally(() => {
        this.#writing--;
        this.#pump();
        if (this.#writing === 0) for (const resolve of this.#idle.splice(0)) resolve();
      });
    }
  }

  async #write(entry: Entry): Promise<void> {
    const build = entry.build;
    entry.build = undefined;
    try {
      const status = build?.(entry.known.status);
      const patch = status === undefined ? undefined : statusPatch(entry.known.status, status);
      if (patch !== undefined) entry.known = newest(entry.known, await this.#patch(entry.pod, patch));
      entry.failures = 0;
    } catch (error) {
      if (isStatus(error, 'NotFound')) this.forget(entry.pod.metadata.uid);
      else return this.#retryLater(entry, build, error);
    }
    this.#next(entry);
  }

  #next(entry: Entry): void {
    entry.writing = false;
    if (entry.build !== undefined && !this.#closed) this.#enqueue(entry);
    else this.#settle(entry);
  }

  #retryLater(entry: Entry, build: Entry['build'], error: unknown): void {
    const { clock, log } = this.#options;
    if (this.#closed || this.#entries.get(entry.pod.metadata.uid) !== entry) return this.#settle(entry);
    entry.build ??= build;
    entry.failures++;
    log.warn('pod status could not be written, trying again', { pod: entry.pod.metadata.name, error: String(error) });
    entry.retry = clock.after(Math.min(mostRetryMs, firstRetryMs * 2 ** Math.min(10, entry.failures)), () => {
      entry.retry = undefined;
      this.#next(entry);
    });
  }

  #patch(pod: Pod, status: Record<string, unknown>): Promise<Pod> {
    const { name, namespace, uid } = pod.metadata;
    return this.#options.api.patch(Pod, { name, namespace }, { type: 'strategic', body: { metadata: { uid }, status } }, { subresource: 'status' });
  }

  #settle(entry: Entry): void {
    entry.retry?.cancel();
    entry.retry = undefined;
    for (const resolve of entry.onWritten.splice(0)) resolve();
  }
}

function newest(a: Pod, b: Pod): Pod {
  return revisionOf(a.metadata.resourceVersion) > revisionOf(b.metadata.resourceVersion) ? a : b;
}
