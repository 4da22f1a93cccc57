import {
  CompactedError,
  SlowWatcherError,
  StoreUnavailableError,
  type StoreError,
  type StoreEvent,
  type Watch,
  type WatchBatch,
  type WatchRequest,
  type WatchSink,
} from '../contract.ts';
import type { History } from './history.ts';
import { orderKey } from './order-key.ts';
import { RangeIndex } from './range-index.ts';

const defaultBacklog = 65_536;

interface Watcher {
  readonly start: string;
  readonly end: string;
  readonly sink: WatchSink;
  readonly maxBacklog: number;
  /** Next revision to hand over from the history; undefined once the watcher is fed by `publish`. */
  catchUpFrom: number | undefined;
  /** Batches before this revision are not wanted. */
  readonly from: number;
  queue: WatchBatch[];
  /** Waits in the list of watchers to be served. */
  queued: boolean;
  error: StoreError | undefined;
  remove: (() => void) | undefined;
  /** Revision last told to `progress`. */
  progressed: number;
  done: boolean;
}

/**
 * Hands committed batches to watches. Publishing only queues; sinks are called from one microtask, one watcher after
 * the other, so that a sink may use the store and calls of one watch never nest.
 */
export class WatchHub {
  readonly #watchers = new Set<Watcher>();
  readonly #index = new RangeIndex<Watcher>();
  #dirty: Watcher[] = [];
  #scheduled = false;

  constructor(
    private readonly history: () => History,
    private readonly compacted: () => number,
  ) {}

  get size(): number {
    return this.#watchers.size;
  }

  watch(request: WatchRequest, sink: WatchSink): Watch {
    const visible = this.history().last;
    const from = request.fromRevision === undefined || request.fromRevision === 0 ? visible + 1 : request.fromRevision;
    const watcher: Watcher = {
      start: orderKey(request.start),
      end: orderKey(request.end),
      sink,
      maxBacklog: request.maxBacklog ?? defaultBacklog,
      catchUpFrom: from <= visible ? from : undefined,
      from,
      queue: [],
      queued: false,
      error: undefined,
      remove: undefined,
      progressed: 0,
      done: false,
    };
    this.#watchers.add(watcher);
    if (from < this.compacted()) this.#fail(watcher, new CompactedError(from, this.compacted()));
    else if (watcher.catchUpFrom === undefined) this.#goLive(watcher);
    else this.#enqueue(watcher);
    return { cancel: () => this.#forget(watcher) };
  }

  /** Queues a committed batch, already in the history, for every live watcher whose range it touches. */
  publish(batch: WatchBatch): void {
    if (this.#watchers.size === 0) return;
    this.#schedule();
    const { events } = batch;
    if (events.length === 1) {
      for (const watcher of this.#index.match(orderKey(keyOf(events[0]!)))) this.#push(watcher, batch);
      return;
    }
    const parts = new Map<Watcher, StoreEvent[]>();
    for (const event of events) {
      for (const watcher of this.#index.match(orderKey(keyOf(event)))) {
        const part = parts.get(watcher);
        if (part === undefined) parts.set(watcher, [event]);
        else part.push(event);
      }
    }
    for (const [watcher, part] of parts) {
      this.#push(watcher, part.length === events.length ? batch : { revision: batch.revision, events: part });
    }
  }

  /** Tells watches of revisions that came into the history without events for anybody. */
  progress(): void {
    if (this.#watchers.size > 0) this.#schedule();
  }

  /** Ends every watch with the error, after what is queued has been delivered. */
  async close(error: StoreError): Promise<void> {
    for (const watcher of this.#watchers) this.#fail(watcher, error);
    while (this.#watchers.size > 0) await Promise.resolve();
  }

  #push(watcher: Watcher, batch: WatchBatch): void {
    if (batch.revision < watcher.from || watcher.error !== undefined) return;
    watcher.queue.push(batch);
    if (watcher.queue.length > watcher.maxBacklog) {
      const backlog = watcher.queue.length;
      watcher.queue = [];
      this.#fail(watcher, new SlowWatcherError(backlog));
    }
    this.#enqueue(watcher);
  }

  #fail(watcher: Watcher, error: StoreError): void {
    watcher.error ??= error;
    watcher.remove?.();
    this.#enqueue(watcher);
  }

  #goLive(watcher: Watcher): void {
    watcher.catchUpFrom = undefined;
    watcher.remove = this.#index.add(watcher.start, watcher.end, watcher);
    // So that it hears how far it is even if nothing happens.
    if (watcher.sink.progress !== undefined) this.#enqueue(watcher);
  }

  #forget(watcher: Watcher): void {
    watcher.done = true;
    watcher.queue = [];
    watcher.remove?.();
    this.#watchers.delete(watcher);
  }

  #enqueue(watcher: Watcher): void {
    if (!watcher.queued) {
      watcher.queued = true;
      this.#dirty.push(watcher);
    }
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#drain());
  }

  #drain(): void {
    while (this.#dirty.length > 0) {
      const round = this.#dirty;
      this.#dirty = [];
      for (const watcher of round) {
        watcher.queued = false;
        this.#serve(watcher);
      }
    }
    this.#scheduled = false;
    const revision = this.history().last;
    for (const watcher of this.#watchers) {
      // A sink may have written or opened a watch meanwhile; those that wait for a drain hear of it then.
      if (!watcher.queued && watcher.catchUpFrom === undefined) this.#progress(watcher, revision);
    }
  }

  #serve(watcher: Watcher): void {
    if (watcher.catchUpFrom !== undefined && watcher.error === undefined) this.#catchUp(watcher);
    const { queue } = watcher;
    watcher.queue = [];
    for (const batch of queue) this.#deliver(watcher, batch);
    if (watcher.error !== undefined) {
      if (!watcher.done) {
        this.#forget(watcher);
        this.#guard(watcher, () => watcher.sink.end(watcher.error!));
      }
      return;
    }
    if (watcher.queue.length === 0 && watcher.catchUpFrom === undefined) this.#progress(watcher, this.history().last);
  }

  #catchUp(watcher: Watcher): void {
    const history = this.history();
    for (let revision = watcher.catchUpFrom!; !watcher.done; revision++) {
      if (revision > history.last) {
        this.#goLive(watcher);
        return;
      }
      if (revision < this.compacted()) {
        this.#fail(watcher, new CompactedError(revision, this.compacted()));
        return;
      }
      // Revision 1 (and a recovered store's first one) is a state without a batch.
      if (revision < history.first) continue;
      const batch = history.at(revision);
      const inside = batch.events.filter((event) => {
        const key = orderKey(keyOf(event));
        return key >= watcher.start && key < watcher.end;
      });
      if (inside.length === 0) continue;
      if (inside.length === batch.events.length) this.#deliver(watcher, batch);
      else this.#deliver(watcher, { revision, events: inside });
    }
  }

  #deliver(watcher: Watcher, batch: WatchBatch): void {
    if (!watcher.done) this.#guard(watcher, () => watcher.sink.batch(batch));
  }

  #progress(watcher: Watcher, revision: number): void {
    if (watcher.done || watcher.progressed === revision || watcher.sink.progress === undefined) return;
    watcher.progressed = revision;
    this.#guard(watcher, () => watcher.sink.progress?.(revision));
  }

  /** One broken sink must not take the others with it. */
  #guard(watcher: Watcher, call: () => void): void {
    try {
      call();
    } catch (cause) {
      if (watcher.done) return;
      watcher.queue = [];
      this.#fail(watcher, new StoreUnavailableError('the watch was closed because its own sink threw', { cause }));
    }
  }
}

function keyOf(event: StoreEvent): string {
  return event.type === 'put' ? event.entry.key : event.key;
}
