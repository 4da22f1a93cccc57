import type { Clock } from '@keelson/sdk';
import type { WatchBatch } from '../contract.ts';

/** How much of the past stays readable and watchable. The oldest part goes first, a chunk of revisions at a time. */
export interface HistoryLimits {
  /** As many of the newest revisions stay, whatever their age. Default 10,000. */
  readonly minRevisions?: number;
  /** Revisions younger than this many milliseconds stay too. Default 5 minutes. */
  readonly minAgeMs?: number;
  /** Never more revisions than this, however young. Default 100,000. */
  readonly maxRevisions?: number;
  /** Never more bytes of superseded values and of events than about this, even if fewer revisions stay. Default 128 MiB. */
  readonly maxBytes?: number;
}

const chunkSize = 256;
/** Rough heap cost of one batch with one event, its arrays and its key. */
const eventOverhead = 200;

interface Chunk {
  readonly batches: WatchBatch[];
  bytes: number;
  newestAt: number;
}

/**
 * The batches of the newest revisions without a hole: revision r lies at a computable place. Sealed chunks are never
 * written again, so a fork shares them.
 */
export class History {
  readonly #limits: Required<HistoryLimits>;
  #chunks: Chunk[] = [];
  /** Revision of the first batch in the first chunk, which may lie before the compacted one. */
  #base: number;
  #last: number;
  #bytes = 0;

  /** `last` is the revision that the state already has; the next batch must be `last + 1`. */
  constructor(
    limits: HistoryLimits,
    private readonly clock: Clock,
    last: number,
  ) {
    this.#limits = { minRevisions: 10_000, minAgeMs: 300_000, maxRevisions: 100_000, maxBytes: 128 << 20, ...limits };
    this.#base = last + 1;
    this.#last = last;
  }

  get last(): number {
    return this.#last;
  }

  /** Oldest revision whose batch is held; `last + 1` when none is. */
  get first(): number {
    return this.#base;
  }

  append(batch: WatchBatch): void {
    let chunk = this.#chunks[this.#chunks.length - 1];
    if (chunk === undefined || chunk.batches.length === chunkSize) {
      chunk = { batches: [], bytes: 0, newestAt: 0 };
      this.#chunks.push(chunk);
    }
    let bytes = 0;
    for (const event of batch.events) bytes += eventOverhead + (event.previous === undefined ? 0 : event.previous.value.length);
    chunk.batches.push(batch);
    chunk.bytes += bytes;
    chunk.newestAt = this.clock.now();
    this.#bytes += bytes;
    this.#last = batch.revision;
  }

  /** The batch of a held revision. */
  at(revision: number): WatchBatch {
    const place = revision - this.#base;
    const chunk = this.#chunks[Math.floor(place / chunkSize)];
    const batch = chunk?.batches[place % chunkSize];
    if (batch === undefined) throw new RangeError(`revision ${revision} is not in the history ${this.#base}..${this.#last}`);
    return batch;
  }

  /** Oldest revision that the limits still want, given `compacted`; equal to it when nothing is to be forgotten. */
  wanted(compacted: number): number {
    const { minRevisions, minAgeMs, maxRevisions, maxBytes } = this.#limits;
    const oldEnough = this.clock.now() - minAgeMs;
    let from = this.#base;
    let bytes = this.#bytes;
    for (const chunk of this.#chunks) {
      if (chunk.batches.length < chunkSize) break;
      const left = this.#last - (from + chunkSize) + 1;
      const expired = left >= minRevisions && chunk.newestAt < oldEnough;
      // One chunk of room, because the next look is a chunk later.
      if (!expired && left + 2 * chunkSize <= maxRevisions && bytes <= maxBytes) break;
      from += chunkSize;
      bytes -= chunk.bytes;
    }
    return from > this.#base ? Math.max(compacted, from) : compacted;
  }

  /** True once per chunk: the moment to ask {@link wanted}. */
  get atChunkEnd(): boolean {
    return this.#chunks[this.#chunks.length - 1]?.batches.length === chunkSize;
  }

  /** Forgets whole chunks before `revision`. */
  drop(revision: number): void {
    let gone = 0;
    while (gone < this.#chunks.length && this.#base + chunkSize <= revision && this.#chunks[gone]!.batches.length === chunkSize) {
      this.#bytes -= this.#chunks[gone]!.bytes;
      this.#base += chunkSize;
      gone++;
    }
    if (gone > 0) this.#chunks.splice(0, gone);
  }

  /** An independent history with the same past: shares sealed chunks, copies the open one. */
  fork(clock: Clock): History {
    const copy = new History(this.#limits, clock, this.#last);
    copy.#chunks = this.#chunks.slice();
    const open = copy.#chunks.pop();
    if (open !== undefined) copy.#chunks.push({ ...open, batches: open.batches.slice() });
    copy.#base = this.#base;
    copy.#bytes = this.#bytes;
    return copy;
  }
}
