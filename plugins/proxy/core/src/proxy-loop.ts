import { SpanKind, type SpanContext, type Tracer } from '@opentelemetry/api';
import type { Clock, Logger } from '@keelson/sdk';
import type { ProxyDelta, ProxyMode, ServicePort, ServicePortKey } from '@keelson/sdk/proxy';
import { Attr, SpanName, linksAndParent, withSpan } from '@keelson/telemetry';

export interface ProxyLoopOptions {
  readonly mode: ProxyMode;
  readonly node: Parameters<ProxyMode['start']>[1];
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly log: Logger;
}

/** Waits between tries, milliseconds: doubling up to the second. */
const firstRetry = 100;
const longestRetry = 10_000;
/** After so many failures in a row everything is programmed anew: what is in force may not be what is believed. */
const failuresToRestart = 2;

/**
 * Brings what is wanted into force, one call of the mode at a time. The first change goes at once; what comes while a
 * call is running goes together in the next.
 */
export class ProxyLoop {
  readonly #options: ProxyLoopOptions;
  readonly #wanted = new Map<ServicePortKey, ServicePort>();
  /** What the mode has in force. */
  readonly #applied = new Map<ServicePortKey, ServicePort>();
  readonly #dirty = new Set<ServicePortKey>();
  readonly #stop = new AbortController();
  #cause: SpanContext | undefined;
  #running: Promise<void> | undefined;
  #retry: { cancel(): void } | undefined;
  #failures = 0;
  #isStarted = false;

  constructor(options: ProxyLoopOptions) {
    this.#options = options;
  }

  /** Sets or, with undefined, removes what one key means. Before `start` it only remembers. */
  set(key: ServicePortKey, port: ServicePort | undefined, cause: SpanContext | undefined): void {
    if (port === undefined) this.#wanted.delete(key);
    else this.#wanted.set(key, port);
    this.#dirty.add(key);
    this.#cause = cause ?? this.#cause;
    if (this.#isStarted) this.#wake();
  }

  /** Programs everything; rejects when the mode cannot work here. */
  async start(): Promise<void> {
    await this.#startMode();
    this.#isStarted = true;
    if (this.#dirty.size > 0) this.#wake();
  }

  async stop(options: { readonly cleanup: boolean }): Promise<void> {
    this.#stop.abort(new Error('the proxy is stopped'));
    this.#retry?.cancel();
    await this.#running;
    await this.#options.mode.stop(options);
  }

  async #startMode(): Promise<void> {
    const all = [...this.#wanted.values()];
    this.#dirty.clear();
    this.#cause = undefined;
    await this.#options.mode.start(all, this.#options.node, this.#stop.signal);
    this.#applied.clear();
    for (const port of all) this.#applied.set(port.key, port);
  }

  #wake(): void {
    if (this.#stop.signal.aborted || this.#retry !== undefined) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    // Changes of one turn belong together: a service comes with its slice.
    await Promise.resolve();
    while (this.#dirty.size > 0 && !this.#stop.signal.aborted) {
      try {
        if (this.#failures >= failuresToRestart) await this.#startMode();
        else await this.#programOnce();
        this.#failures = 0;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#failed(error);
        return;
      }
    }
  }

  async #programOnce(): Promise<void> {
    const keys = [...this.#dirty];
    const cause = this.#cause;
    this.#dirty.clear();
    this.#cause = undefined;
    const delta = this.#deltaOf(keys, cause);
    if (delta.changed.length === 0 && delta.removed.length === 0) return;
    try {
      await this.#traced(delta);
    } catch (error) {
      for (const key of keys) this.#dirty.add(key);
      this.#cause ??= cause;
      throw error;
    }
    for (const { now } of delta.changed) this.#applied.set(now.key, now);
    for (const { key } of delta.removed) this.#applied.delete(key);
  }

  #deltaOf(keys: readonly ServicePortKey[], cause: SpanContext | undefined): ProxyDelta {
    const changed: { now: ServicePort; before: ServicePort | undefined }[] = [];
    const removed: ServicePort[] = [];
    for (const key of keys) {
      const now = this.#wanted.get(key);
      const before = this.#applied.get(key);
      if (now === undefined) {
        if (before !== undefined) removed.push(before);
      } else if (before === undefined || JSON.stringify(now) !== JSON.stringify(before)) changed.push({ now, before });
    }
    return { changed, removed, cause };
  }

  #traced(delta: ProxyDelta): Promise<void> {
    const { mode, clock, tracer, node } = this.#options;
    const call = (): Promise<void> => mode.program(delta, this.#stop.signal);
    if (delta.cause === undefined) return call();
    const now = clock.now();
    const attributes = { [Attr.nodeName]: node.name, [Attr.entriesChanged]: delta.changed.length + delta.removed.length };
    return withSpan(tracer, SpanName.program(mode.name), { kind: SpanKind.INTERNAL, attributes, ...linksAndParent([{ span: delta.cause, at: now }], now) }, call);
  }

  #failed(error: unknown): void {
    this.#failures++;
    const wait = Math.min(longestRetry, firstRetry * 2 ** (this.#failures - 1));
    this.#options.log.warn('services could not be programmed', { mode: this.#options.mode.name, error: error instanceof Error ? error.message : String(error), retryIn: wait });
    this.#retry = this.#options.clock.after(wait, () => {
      this.#retry = undefined;
      this.#wake();
    });
  }
}
