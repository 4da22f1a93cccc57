import type { SpanExport } from './otlp.ts';
import type { SpanRecord } from './record.ts';

/** Opens an exporter behind a dynamic import. */
export type OpenExport = () => Promise<SpanExport>;

/**
 * Takes spans while the exporter is still being loaded, bounded; the first span starts the loading. Failing to load
 * is reported once and drops spans, it never breaks the cluster.
 */
export class ExportQueue {
  readonly #open: OpenExport;
  readonly #onError: (error: Error) => void;
  readonly #limit: number;
  #waiting: SpanRecord[] = [];
  #export: SpanExport | undefined;
  #opening: Promise<void> | undefined;
  #closed = false;

  constructor(open: OpenExport, onError: (error: Error) => void, limit: number) {
    this.#open = open;
    this.#onError = onError;
    this.#limit = limit;
  }

  /** Queues a finished span. */
  add(span: SpanRecord): void {
    if (this.#closed) return;
    if (this.#export) this.#export.add(span);
    else {
      if (this.#waiting.length < this.#limit) this.#waiting.push(span);
      this.#opening ??= this.#load();
    }
  }

  /** Resolves when everything queued has been sent or dropped. */
  async flush(): Promise<void> {
    await this.#opening;
    await this.#settle(this.#export?.flush());
  }

  /** Sends what is queued and stops; idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#opening;
    await this.#settle(this.#export?.close());
  }

  async #load(): Promise<void> {
    try {
      const opened = await this.#open();
      for (const span of this.#waiting) opened.add(span);
      this.#export = opened;
    } catch (error) {
      this.#closed = true;
      this.#onError(error instanceof Error ? error : new Error(String(error)));
    }
    this.#waiting = [];
  }

  async #settle(work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#onError(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
