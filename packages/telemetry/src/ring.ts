import type { AttributeValue, SpanRecord } from './record.ts';

/** Bounds of a ring. */
export interface RingLimits {
  /** Most spans kept; default 16384. */
  readonly spans?: number;
  /** Most bytes kept, estimated; default 8 MiB. */
  readonly bytes?: number;
}

/**
 * The last finished spans of one cluster, in memory. Oldest spans leave first, so that a trace being evicted loses its
 * first-ended spans and trees show the rest as orphans. Taking a span is a store into a circular array; finding a
 * trace is a scan (0.2 ms when full), because spans come by the ten thousand and questions come from people.
 */
export class TraceRing {
  readonly #capacity: number;
  readonly #maxBytes: number;
  readonly #spans: (SpanRecord | undefined)[] = [];
  readonly #sizes: number[] = [];
  /** Slot of the oldest span. */
  #head = 0;
  #size = 0;
  #bytes = 0;
  #dropped = 0;
  readonly #listeners = new Set<(span: SpanRecord) => void>();

  constructor(limits: RingLimits = {}) {
    this.#capacity = Math.max(1, limits.spans ?? 16_384);
    this.#maxBytes = limits.bytes ?? 8 * 1024 * 1024;
  }

  /** Spans held now. */
  get size(): number {
    return this.#size;
  }

  /** Estimated bytes held now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Spans that were evicted since the start. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Takes a finished span. */
  add(span: SpanRecord): void {
    if (this.#size === this.#capacity) this.#evict();
    const slot = (this.#head + this.#size) % this.#capacity;
    const bytes = estimateBytes(span);
    this.#spans[slot] = span;
    this.#sizes[slot] = bytes;
    this.#size++;
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes && this.#size > 1) this.#evict();
    for (const listener of this.#listeners) listener(span);
  }

  /** Spans of one trace, by start time. */
  trace(traceId: string): readonly SpanRecord[] {
    const found: SpanRecord[] = [];
    for (const span of this.all()) if (span.traceId === traceId) found.push(span);
    return found.sort(byStart);
  }

  /** Every span held, in the order in which they ended. */
  *all(): IterableIterator<SpanRecord> {
    for (let i = 0; i < this.#size; i++) yield this.#spans[(this.#head + i) % this.#capacity]!;
  }

  /** Calls back for each span that ends from now on; returns the way to stop. */
  onSpan(listener: (span: SpanRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets all spans. */
  clear(): void {
    this.#spans.length = 0;
    this.#sizes.length = 0;
    this.#head = 0;
    this.#size = 0;
    this.#bytes = 0;
  }

  #evict(): void {
    this.#bytes -= this.#sizes[this.#head]!;
    this.#spans[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#capacity;
    this.#size--;
    this.#dropped++;
  }
}

/** Orders spans by start, then by start order, which is total and the same in every run of a seed. */
export function byStart(a: SpanRecord, b: SpanRecord): number {
  return a.start - b.start || a.seq - b.seq;
}

/** Rough heap size of a record: strings at one byte a character plus object headers. */
function estimateBytes(span: SpanRecord): number {
  let bytes = 320 + span.name.length + (span.traceState?.length ?? 0) + (span.status.message?.length ?? 0);
  bytes += attributeBytes(span.attributes);
  for (const link of span.links) bytes += 160 + (link.attributes ? attributeBytes(link.attributes) : 0);
  for (const event of span.events) bytes += 96 + event.name.length + (event.attributes ? attributeBytes(event.attributes) : 0);
  return bytes;
}

function attributeBytes(attributes: Readonly<Record<string, AttributeValue>>): number {
  let bytes = 0;
  for (const key in attributes) {
    const value = attributes[key]!;
    bytes += 24;
    if (typeof value === 'string') bytes += value.length;
    else if (typeof value === 'object') for (const part of value) bytes += 8 + (typeof part === 'string' ? part.length : 8);
  }
  return bytes;
}
