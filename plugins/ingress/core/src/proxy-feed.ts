import { SpanKind, type SpanContext, type Tracer } from '@opentelemetry/api';
import type { Clock, Logger } from '@keelson/sdk';
import type { IngressProxy } from '@keelson/sdk/ingress';
import { Attr, SpanName, linksAndParent, withSpan } from '@keelson/telemetry';
import type { RoutingTable } from './routing-table.ts';

export interface ProxyFeedOptions {
  readonly proxy: IngressProxy;
  readonly table: RoutingTable;
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly log: Logger;
}

const firstRetry = 200;
const longestRetry = 30_000;

/** Hands one proxy its routing, one call at a time; what changes during a call goes together in the next. */
export class ProxyFeed {
  readonly #options: ProxyFeedOptions;
  readonly #stop = new AbortController();
  #changed = new Set<string>();
  #cause: SpanContext | undefined;
  #running: Promise<void> | undefined;
  #retry: { cancel(): void } | undefined;
  #failures = 0;
  #fault: string | undefined;

  constructor(options: ProxyFeedOptions) {
    this.#options = options;
  }

  get proxy(): IngressProxy {
    return this.#options.proxy;
  }

  get table(): RoutingTable {
    return this.#options.table;
  }

  /** Why the newest routing is not in force; undefined when it is. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** `what`: an Ingress or a backend. */
  changed(what: string, cause: SpanContext | undefined): void {
    this.#changed.add(what);
    this.#cause = cause ?? this.#cause;
    if (this.#retry === undefined && !this.#stop.signal.aborted) this.#running ??= this.#run().finally(() => { this.#running = undefined; });
  }

  /** Resolves when nothing is on its way any more. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error('the ingress is stopped'));
    this.#retry?.cancel();
    await this.#running;
  }

  async #run(): Promise<void> {
    // Changes of one turn belong together.
    await Promise.resolve();
    while (this.#changed.size > 0 && !this.#stop.signal.aborted) {
      const changed = this.#changed;
      const cause = this.#cause;
      this.#changed = new Set();
      this.#cause = undefined;
      try {
        await this.#program([...changed], cause);
        this.#failures = 0;
        this.#fault = undefined;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        for (const each of changed) this.#changed.add(each);
        this.#cause ??= cause;
        this.#failed(error);
        return;
      }
    }
  }

  #program(changed: readonly string[], cause: SpanContext | undefined): Promise<void> {
    const { proxy, table, clock, tracer } = this.#options;
    if (cause === undefined) return proxy.program(table.routing(), { changed }, this.#stop.signal);
    const now = clock.now();
    return withSpan(
      tracer, SpanName.program(proxy.name),
      { kind: SpanKind.INTERNAL, attributes: { [Attr.entriesChanged]: changed.length }, ...linksAndParent([{ span: cause, at: now }], now) },
      (span) => proxy.program(table.routing(), { changed, cause: span.spanContext() }, this.#stop.signal),
    );
  }

  #failed(error: unknown): void {
    const wait = Math.min(longestRetry, firstRetry * 2 ** this.#failures++);
    this.#fault = error instanceof Error ? error.message : String(error);
    this.#options.log.warn('routing could not be programmed; the one before stays in force', { proxy: this.proxy.name, error: this.#fault, retryIn: wait });
    this.#retry = this.#options.clock.after(wait, () => {
      this.#retry = undefined;
      const [first] = this.#changed;
      if (first !== undefined) this.changed(first, undefined);
    });
  }
}
