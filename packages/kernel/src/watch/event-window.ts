import type { CacheEvent } from './cache-event.ts';

/**
 * The newest events of one resource, bounded by count and bytes: what a watch can resume from.
 * `floor` is the revision up to which events are gone; resuming from an older one is 410 Gone.
 */
export class EventWindow {
  #events: CacheEvent[] = [];
  #start = 0;
  #bytes = 0;
  #floor: number;

  constructor(
    floor: number,
    private readonly maxEvents: number,
    private readonly maxBytes: number,
  ) {
    this.#floor = floor;
  }

  /** Watches may resume from this revision or a later one. */
  get floor(): number {
    return this.#floor;
  }

  get length(): number {
    return this.#events.length - this.#start;
  }

  push(event: CacheEvent): void {
    this.#events.push(event);
    this.#bytes += event.object.bytes.length;
    while (this.length > this.maxEvents || (this.#bytes > this.maxBytes && this.length > 1)) this.#dropOldest();
    if (this.#start > 1024 && this.#start * 2 > this.#events.length) {
      this.#events = this.#events.slice(this.#start);
      this.#start = 0;
    }
  }

  /** Forgets everything; only revisions from `floor` on can be resumed. */
  reset(floor: number): void {
    this.#events = [];
    this.#start = 0;
    this.#bytes = 0;
    this.#floor = floor;
  }

  /** Events after `revision`, oldest first. */
  after(revision: number): CacheEvent[] {
    let low = this.#start;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#events[middle]!.revision <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#events.slice(low);
  }

  /** A transaction's events share a revision: they are dropped together, so that no resume sees half of one. */
  #dropOldest(): void {
    const { revision } = this.#events[this.#start]!;
    while (this.#start < this.#events.length && this.#events[this.#start]!.revision === revision) {
      this.#bytes -= this.#events[this.#start]!.object.bytes.length;
      this.#events[this.#start] = undefined as never;
      this.#start += 1;
    }
    this.#floor = revision;
  }
}
