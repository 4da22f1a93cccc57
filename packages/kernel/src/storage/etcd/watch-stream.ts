import type { Cancel, Clock, Random } from '@keelson/sdk';
import type { Entry, WatchBatch } from '../contract.ts';
import type { EtcdClient } from './client.ts';
import type { KeyBounds } from './protocol/requests.ts';
import type { WatchEvent, WatchResponse } from './protocol/responses.ts';
import type { Wire } from './wire.ts';

const firstDelayMs = 20;
const maxDelayMs = 1000;

export interface WatchStreamSettings {
  readonly client: EtcdClient;
  readonly clock: Clock;
  readonly random: Pick<Random, 'next'>;
  readonly wire: Wire;
  readonly range: KeyBounds;
  /** First revision wanted. */
  readonly from: number;
  /** What a transaction of ours wrote at a revision, as far as it is known. */
  readonly written?: (revision: number) => readonly (Entry | undefined)[] | undefined;
  /** In revision order, no gap, no duplicate; all events of a revision at once. */
  readonly batch: (batch: WatchBatch) => void;
  /** Nothing up to the revision is outstanding. */
  readonly progress: (revision: number) => void;
  /** etcd no longer has the revisions from the next wanted one on. The stream has stopped. */
  readonly compacted: (next: number, compactedAt: number) => void;
  /** The stream broke; it is being opened again from where it stopped. */
  readonly broken: (error: Error) => void;
}

/**
 * A watch that outlives connections and servers. It owns the resume: it knows the next revision it wants, opens a new
 * stream from there whenever the old one ends, and drops what it has already handed over.
 */
export class WatchStream {
  #next: number;
  #stream: { cancel(): void } | undefined;
  /** Streams of earlier attempts may still speak; only the newest is heard. */
  #attempt = 0;
  #delay = firstDelayMs;
  #timer: Cancel | undefined;
  #stopped = false;

  constructor(private readonly settings: WatchStreamSettings) {
    this.#next = settings.from;
    this.#open();
  }

  /** First revision not yet handed over. */
  get next(): number {
    return this.#next;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#drop();
  }

  /** Gives the present stream up for a new one, for example because it fell silent. */
  restart(reason: string): void {
    if (this.#stopped || this.#stream === undefined) return;
    this.#again(this.#attempt, new Error(reason));
  }

  #open(): void {
    const attempt = ++this.#attempt;
    this.#connect(attempt).catch((error: unknown) => this.#again(attempt, error as Error));
  }

  async #connect(attempt: number): Promise<void> {
    const { client, range } = this.settings;
    // A plain read first: it renews an expired token, which a stream cannot, and fails fast where nobody answers.
    if (attempt > 1) await client.range({ key: range.key, limit: 1, keysOnly: true, serializable: true });
    const stream = await client.watch(range, this.#next, {
      response: (response) => {
        if (attempt === this.#attempt && !this.#stopped) this.#receive(attempt, response);
      },
      end: (error) => this.#again(attempt, error),
    });
    if (this.#stopped || attempt !== this.#attempt) stream.cancel();
    else this.#stream = stream;
  }

  #receive(attempt: number, response: WatchResponse): void {
    if (response.canceled) {
      // A compacted watch is created like any other and then cancelled, without a reason but with the revision.
      const compactedAt = response.compactRevision;
      if (compactedAt === 0) return this.#again(attempt, new Error(`etcd cancelled the watch: ${response.cancelReason || 'no reason given'}`));
      const next = this.#next;
      this.stop();
      return this.settings.compacted(next, compactedAt);
    }
    this.#delay = firstDelayMs;
    if (response.created) return;
    if (response.events.length === 0) {
      const { revision } = response;
      if (revision < this.#next) return;
      this.#next = revision + 1;
      this.settings.progress(revision);
      return;
    }
    this.#deliver(attempt, response.events);
  }

  /** etcd keeps the events of one revision together in one response, revisions ascending. */
  #deliver(attempt: number, events: readonly WatchEvent[]): void {
    for (let i = 0; i < events.length; ) {
      const revision = events[i]!.kv.modRevision;
      let end = i + 1;
      while (end < events.length && events[end]!.kv.modRevision === revision) end++;
      if (revision >= this.#next) {
        this.#next = revision + 1;
        const { wire, written, batch } = this.settings;
        const own = written?.(revision);
        batch({ revision, events: events.slice(i, end).map((event) => wire.event(event, own)) });
        if (this.#stopped || attempt !== this.#attempt) return;
      }
      i = end;
    }
  }

  #again(attempt: number, error: Error): void {
    if (this.#stopped || attempt !== this.#attempt) return;
    this.#drop();
    this.settings.broken(error);
    const { clock, random } = this.settings;
    this.#timer = clock.after(this.#delay * (0.5 + random.next() / 2), () => this.#open());
    this.#delay = Math.min(maxDelayMs, this.#delay * 2);
  }

  #drop(): void {
    this.#attempt++;
    this.#stream?.cancel();
    this.#stream = undefined;
  }
}
