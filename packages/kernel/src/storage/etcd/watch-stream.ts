import type { Cancel, Clock } from '@keelson/sdk';
import type { IEvent, IWatchRequest, IWatchResponse } from 'etcd3';
import type { WatchBatch } from '../contract.ts';
import type { EtcdClient } from './client.ts';
import type { Wire } from './wire.ts';

const firstDelayMs = 20;
const maxDelayMs = 1000;

/** The part of a gRPC stream that is used here. */
interface Stream {
  write(request: IWatchRequest): void;
  cancel(): void;
  on(event: 'data', listener: (response: IWatchResponse) => void): void;
  on(event: 'error' | 'end', listener: (error?: Error) => void): void;
}

export interface WatchStreamSettings {
  readonly client: EtcdClient;
  readonly clock: Clock;
  readonly wire: Wire;
  readonly range: { readonly key: Buffer; readonly range_end: Buffer };
  /** First revision wanted. */
  readonly from: number;
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
  #stream: Stream | undefined;
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
    if (attempt > 1) await client.kv.range({ key: range.key, limit: 1, keys_only: true, serializable: true });
    const stream = (await client.watch.watch()) as unknown as Stream;
    if (this.#stopped || attempt !== this.#attempt) {
      stream.on('error', () => undefined);
      stream.cancel();
      return;
    }
    this.#stream = stream;
    stream.on('data', (response) => {
      if (attempt === this.#attempt && !this.#stopped) this.#receive(attempt, response);
    });
    stream.on('error', (error) => this.#again(attempt, error ?? new Error('the watch stream failed')));
    stream.on('end', () => this.#again(attempt, new Error('the watch stream ended')));
    stream.write({ create_request: { ...range, start_revision: this.#next, progress_notify: true, prev_kv: true } });
  }

  #receive(attempt: number, response: IWatchResponse): void {
    if (response.canceled) {
      // A compacted watch is created like any other and then cancelled, without a reason but with the revision.
      const compactedAt = Number(response.compact_revision);
      if (compactedAt === 0) return this.#again(attempt, new Error(`etcd cancelled the watch: ${response.cancel_reason || 'no reason given'}`));
      const next = this.#next;
      this.stop();
      return this.settings.compacted(next, compactedAt);
    }
    this.#delay = firstDelayMs;
    if (response.created) return;
    if (response.events.length === 0) {
      const revision = Number(response.header.revision);
      if (revision < this.#next) return;
      this.#next = revision + 1;
      this.settings.progress(revision);
      return;
    }
    this.#deliver(attempt, response.events);
  }

  /** etcd keeps the events of one revision together in one response, revisions ascending. */
  #deliver(attempt: number, events: readonly IEvent[]): void {
    for (let i = 0; i < events.length; ) {
      const revision = Number(events[i]!.kv.mod_revision);
      let end = i + 1;
      while (end < events.length && Number(events[end]!.kv.mod_revision) === revision) end++;
      if (revision >= this.#next) {
        this.#next = revision + 1;
        this.settings.batch({ revision, events: events.slice(i, end).map((event) => this.settings.wire.event(event)) });
        if (this.#stopped || attempt !== this.#attempt) return;
      }
      i = end;
    }
  }

  #again(attempt: number, error: Error): void {
    if (this.#stopped || attempt !== this.#attempt) return;
    this.#drop();
    this.settings.broken(error);
    this.#timer = this.settings.clock.after(this.#delay, () => this.#open());
    this.#delay = Math.min(maxDelayMs, this.#delay * 2);
  }

  #drop(): void {
    this.#attempt++;
    const stream = this.#stream;
    this.#stream = undefined;
    // An 'error' listener stays on it, so the cancellation is not thrown.
    stream?.cancel();
  }
}
