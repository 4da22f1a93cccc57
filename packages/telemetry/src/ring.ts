import type { AttributeValue, SpanRecord } from './record.ts';

/** Bounds of a ring. */
export interface RingLimits {
  /** Most spans kept; default 16384. */
  readonly spans?: number;
  /** Most bytes kept, estimated; default 8 MiB. */
  readonly bytes?: number;
}

/** Spans of one trace, in the order in which they ended; `head` counts those that were evicted. */
interface TraceSlot {
  spans: (SpanRecord | undefined)[];
  head: number;
}

/**
 * The last finished spans of one cluster, in memory, found by trace. Oldest spans leave first, so that a trace being
 * evicted loses its first-ended spans and trees show the rest as orphans.
 */
export class TraceRing {
  readonly #maxSpans: number;
  readonly #maxBytes: number;
  /** Insertion order is eviction order. */
  readonly #order: { span: SpanRecord; bytes: number }[] = [];
  #orderHead = 0;
  readonly #traces = new Map<string, TraceSlot>();
  #bytes = 0;
  #dropped = 0;
  readonly #listeners = new Set<(span: SpanRecord) => void>();

  constructor(limits: RingLimits = {}) {
    this.#maxSpans = limits.spans ?? 16_384;
    this.#maxBytes = limits.bytes ?? 8 * 1024 * 1024;
  }

  /** Spans held now. */
  get size(): number {
    return this.#order.length - this.#orderHead;
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
    const bytes = estimateBytes(span);
    this.#order.push({ span, bytes });
    this.#bytes += bytes;
    const slot = this.#traces.get(span.traceId);
    if (slot) slot.spans.push(span);
    else this.#traces.set(span.traceId, { spans: [span], head: 0 });
    while (this.size > this.#maxSpans || (this.#bytes > this.#maxBytes && this.size > 1)) this.#evict();
    for (const listener of this.#listeners) listener(span);
  }

  /** Spans of one trace, by start time. */
  trace(traceId: string): readonly SpanRecord[] {
    const slot = this.#traces.get(traceId);
    if (!slot) return [];
    return (slot.spans.slice(slot.head) as SpanRecord[]).sort(byStart);
  }

  /** Every span held, in the order in which they ended. */
  *all(): IterableIterator<SpanRecord> {
    for (let i = this.#orderHead; i < this.#order.length; i++) yield this.#order[i]!.span;
  }

  /** Calls back for each span that ends from now on; returns the way to stop. */
  onSpan(listener: (span: SpanRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets all spans. */
  clear(): void {
    this.#order.length = 0;
    this.#orderHead = 0;
    this.#traces.clear();
    this.#bytes = 0;
  }

  #evict(): void {
    const { span, bytes } = this.#order[this.#orderHead]!;
    this.#order[this.#orderHead] = undefined!;
    this.#orderHead++;
    this.#bytes -= bytes;
    this.#dropped++;
    // Amortised: half of the array is dead before it is copied.
    if (this.#orderHead > 1024 && this.#orderHead * 2 > this.#order.length) {
      this.#order.splice(0, this.#orderHead);
      this.#orderHead = 0;
    }
    const slot = this.#traces.get(span.traceId)!;
    slot.spans[slot.head] = undefined;
    slot.head++;
    if (slot.head === slot.spans.length) this.#traces.delete(span.traceId);
    else if (slot.head > 256 && slot.head * 2 > slot.spans.length) {
      slot.spans = slot.spans.slice(slot.head);
      slot.head = 0;
    }
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
