import { causeMaxLinks, type Cause } from '@keelson/telemetry';
import type { Cancel, Clock } from '@keelson/sdk';
import { Fifo } from './fifo.ts';
import { RetryLimiter, type RetryLimits } from './rate-limiter.ts';

/** A key handed out for work. */
export interface WorkItem {
  readonly key: string;
  /** 1 for the first try since the last success. */
  readonly attempt: number;
  /** What woke it; at most the newest 33. */
  readonly causes: readonly Cause[];
  /** How long the key was ready before a worker took it, milliseconds. */
  readonly waited: number;
}

/** What a queue needs. */
export interface WorkQueueOptions {
  readonly clock: Clock;
  readonly limits?: RetryLimits;
  /** Called when a key has become ready; take it then or later. */
  onReady(): void;
}

interface Entry {
  readonly key: string;
  causes: Cause[];
  queued: boolean;
  processing: boolean;
  /** Asked for while it was being processed. */
  dirty: boolean;
  readySince: number;
  timer: Cancel | undefined;
  due: number;
  notBefore: number;
}

/**
 * Keyed work in arrival order. A key is in the queue once, however often it is added; a key that is added while a
 * worker has it comes back when the worker is done; no two workers ever have the same key. Bounded by the number of
 * keys, and per key by the causes that a span may link.
 */
export class WorkQueue {
  readonly #entries = new Map<string, Entry>();
  readonly #ready = new Fifo<Entry>();
  readonly #limiter: RetryLimiter;
  #stopped = false;

  constructor(private readonly options: WorkQueueOptions) {
    this.#limiter = new RetryLimiter(options.clock, options.limits);
  }

  /** Keys that are ready. */
  get size(): number {
    return this.#ready.size;
  }

  /** Keys that are ready, wait for their time or are being processed. */
  get pending(): number {
    return this.#entries.size;
  }

  /** Makes the key ready as soon as nobody has it and its spacing is over. */
  add(key: string, cause?: Cause): void {
    if (this.#stopped) return;
    const entry = this.#entry(key);
    if (cause !== undefined) addCause(entry, cause);
    this.#want(entry);
  }

  /** Makes the key ready after `ms`, or earlier when it is added meanwhile. The earliest of several times counts. */
  addAfter(key: string, ms: number, causes: readonly Cause[] = []): void {
    if (this.#stopped) return;
    const entry = this.#entry(key);
    for (const cause of causes) addCause(entry, cause);
    if (entry.queued || entry.dirty) return;
    if (ms <= 0) this.#want(entry);
    else this.#arm(entry, this.options.clock.monotonic() + ms);
  }

  /** Makes a failed key ready after its back-off, with the causes of the failed try. Returns the wait, milliseconds. */
  retry(key: string, causes: readonly Cause[] = []): number {
    const wait = this.#limiter.wait(key);
    this.addAfter(key, wait, causes);
    return wait;
  }

  /** The key succeeded: its next failure starts the back-off anew. */
  forget(key: string): void {
    this.#limiter.forget(key);
  }

  /** The key that waits longest, or undefined; every key taken must be given back with {@link done}. */
  take(): WorkItem | undefined {
    const entry = this.#ready.shift();
    if (entry === undefined) return undefined;
    const { key, causes } = entry;
    entry.causes = [];
    entry.queued = false;
    entry.processing = true;
    return { key, causes, attempt: this.#limiter.failures(key) + 1, waited: this.options.clock.monotonic() - entry.readySince };
  }

  /** The worker is done with the key; it is not handed out again within the next `spacing` milliseconds. */
  done(key: string, spacing = 0): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.processing = false;
    entry.notBefore = spacing > 0 ? this.options.clock.monotonic() + spacing : 0;
    if (entry.dirty) {
      entry.dirty = false;
      this.#want(entry);
    } else if (entry.timer === undefined && !entry.queued) {
      // A spaced key keeps its entry for its time, so that an event in between does not start it at once.
      if (spacing > 0) this.#spaceOut(entry);
      else this.#entries.delete(key);
    }
  }

  /** Drops everything; later adds are ignored. */
  stop(): void {
    this.#stopped = true;
    for (const entry of this.#entries.values()) entry.timer?.cancel();
    this.#entries.clear();
    this.#ready.clear();
  }

  #entry(key: string): Entry {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { key, causes: [], queued: false, processing: false, dirty: false, readySince: 0, timer: undefined, due: 0, notBefore: 0 };
      this.#entries.set(key, entry);
    }
    return entry;
  }

  #want(entry: Entry): void {
    if (entry.queued) return;
    if (entry.processing) {
      entry.dirty = true;
      return;
    }
    const now = this.options.clock.monotonic();
    if (entry.notBefore > now) return this.#arm(entry, entry.notBefore);
    this.#disarm(entry);
    entry.queued = true;
    entry.readySince = now;
    this.#ready.push(entry);
    this.options.onReady();
  }

  #arm(entry: Entry, due: number): void {
    if (entry.timer !== undefined && entry.due <= due) return;
    this.#disarm(entry);
    entry.due = due;
    entry.timer = this.options.clock.after(due - this.options.clock.monotonic(), () => {
      entry.timer = undefined;
      // Not compared with the clock again: a sum of fractions may fall short of it by its last bit, for ever.
      if (entry.notBefore <= due) entry.notBefore = 0;
      this.#want(entry);
    });
  }

  #spaceOut(entry: Entry): void {
    const due = entry.notBefore;
    entry.due = Number.POSITIVE_INFINITY;
    entry.timer = this.options.clock.after(due - this.options.clock.monotonic(), () => {
      entry.timer = undefined;
      if (!entry.queued && !entry.processing) this.#entries.delete(entry.key);
    });
  }

  #disarm(entry: Entry): void {
    entry.timer?.cancel();
    entry.timer = undefined;
  }
}

/** The oldest causes go first: the newest one becomes the parent. */
function addCause(entry: Entry, cause: Cause): void {
  entry.causes.push(cause);
  if (entry.causes.length > causeMaxLinks + 1) entry.causes.shift();
}
