import type { Clock } from '@keelson/sdk';
import type { SpanRecord } from './record.ts';

/** How spans leave for another process. */
export interface ForwarderOptions {
  readonly clock: Clock;
  /** Sends one batch; a rejection keeps the batch for the next try. */
  readonly send: (spans: readonly SpanRecord[]) => Promise<void>;
  /** Told of the first failure in a row. */
  readonly onError: (error: Error) => void;
  /** Milliseconds that a span waits for company; default 200. */
  readonly delay?: number;
  /** Most spans kept while the other side is away; older ones leave; default 8192. */
  readonly limit?: number;
}

const retryAfter = 2000;
const batchSize = 512;

/** Hands finished spans to another process in batches, in order, bounded, one batch at a time. */
export class SpanForwarder {
  readonly #options: ForwarderOptions;
  #waiting: SpanRecord[] = [];
  #timer: { cancel(): void } | undefined;
  #sending: Promise<void> | undefined;
  #failing = false;
  #closed = false;

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /** Takes a finished span. */
  add(span: SpanRecord): void {
    if (this.#closed) return;
    this.#waiting.push(span);
    const limit = this.#options.limit ?? 8192;
    if (this.#waiting.length > limit) this.#waiting.splice(0, this.#waiting.length - limit);
    if (this.#sending === undefined && this.#timer === undefined) this.#wake(this.#options.delay ?? 200);
  }

  /** Resolves when what is queued now was sent, or could not be. */
  async flush(): Promise<void> {
    await this.#sending;
    this.#timer?.cancel();
    this.#timer = undefined;
    while (this.#waiting.length > 0 && (await this.#sendOne()));
  }

  /** Sends what is queued and takes no more; idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #wake(after: number): void {
    this.#timer = this.#options.clock.after(after, () => {
      this.#timer = undefined;
      this.#sending = this.#sendAll().finally(() => {
        this.#sending = undefined;
      });
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      if (await this.#sendOne()) continue;
      if (!this.#closed) this.#wake(retryAfter);
      return;
    }
  }

  async #sendOne(): Promise<boolean> {
    const batch = this.#waiting.slice(0, batchSize);
    try {
      await this.#options.send(batch);
    } catch (error) {
      if (!this.#failing) this.#options.onError(error instanceof Error ? error : new Error(String(error)));
      this.#failing = true;
      return false;
    }
    this.#failing = false;
    const sent = new Set(batch);
    this.#waiting = this.#waiting.filter((span) => !sent.has(span));
    return true;
  }
}
