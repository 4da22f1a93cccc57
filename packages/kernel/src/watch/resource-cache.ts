import { KeelsonError, type Logger } from '@keelson/sdk';
import { CompactedError, prefixEnd, SortedMap, StoreClosedError, type Entry, type Store, type Watch, type WatchBatch } from '../storage/index.ts';
import { CacheEvent } from './cache-event.ts';
import { CachedObject } from './cached-object.ts';
import type { CauseTable } from './cause-table.ts';
import { EventWindow } from './event-window.ts';
import type { ParsedObjects } from './parsed-objects.ts';
import { everything, type ObjectSelector } from './selector.ts';
import { View, type ViewSubscriber } from './view.ts';
import { ViewIndex } from './view-index.ts';

/** The revision asked for lies before the window: the watcher must relist. Becomes 410 Expired. */
export class WindowExceededError extends KeelsonError {
  constructor(
    readonly requested: number,
    readonly oldest: number,
  ) {
    super('KEEL_WATCH_EXPIRED', `too old resource version: ${requested} (${oldest})`);
  }
}

export interface ResourceCacheOptions {
  readonly store: Store;
  /** Storage prefix of the resource, ending in `/`. */
  readonly prefix: string;
  readonly stamp: (bytes: Buffer, revision: number) => void;
  readonly causes: CauseTable;
  readonly parsed: ParsedObjects;
  readonly log: Logger;
  /** Called when the store's watch broke; resolves when it is time to try again. */
  readonly backoff: (attempt: number) => Promise<void>;
  readonly maxEvents?: number;
  readonly maxBytes?: number;
}

export interface Subscription {
  /** Idempotent; no subscriber method is called afterwards. */
  stop(): void;
}

/**
 * All objects of one resource, fed by one watch on the store. Every reader (HTTP or in-process) is served from here;
 * the bytes are those that the store holds, not a copy.
 */
export class ResourceCache {
  #state = SortedMap.empty<CachedObject>().edit();
  #revision = 0;
  #window: EventWindow;
  #watch: Watch | undefined;
  #loaded: Promise<void> | undefined;
  #isLoaded = false;
  #closed = false;
  readonly #views = new ViewIndex();
  readonly #waiting: { readonly revision: number; readonly resolve: () => void }[] = [];

  constructor(private readonly options: ResourceCacheOptions) {
    this.#window = this.#newWindow(0);
  }

  /** Loads the state at the first call. */
  ready(): Promise<void> {
    this.#loaded ??= this.#load();
    return this.#loaded;
  }

  /** True when there is a state to read: `ready` need not be waited for. */
  get loaded(): boolean {
    return this.#isLoaded;
  }

  /** False while a loaded cache has lost its watch on the store: its state grows old until the watch is back. */
  get following(): boolean {
    return !this.#isLoaded || this.#watch !== undefined;
  }

  /** Everything up to this revision is in the state. */
  get revision(): number {
    return this.#revision;
  }

  /** An immutable snapshot, keys `namespace/name` or `name`, in storage order. */
  get state(): SortedMap<CachedObject> {
    return this.#state.freeze();
  }

  /** How many subscriptions are live, a shared stream counting once. */
  get subscribers(): number {
    let count = 0;
    for (const view of this.#views.all()) count += view.subscribers.size;
    return count;
  }

  /** True while somebody watches. */
  get watched(): boolean {
    return this.#views.size > 0;
  }

  /** Watches may resume from here on. */
  get oldestRevision(): number {
    return this.#window.floor;
  }

  get(key: string): CachedObject | undefined {
    return this.#state.get(key);
  }

  /** Objects of a selection in storage order. */
  list(selector: ObjectSelector = everything): CachedObject[] {
    return selectFrom(this.state, selector);
  }

  /** Resolves when everything up to `revision` is in the state and was handed to the subscribers. */
  reached(revision: number): Promise<void> | undefined {
    if (this.#closed || this.#revision >= revision) return undefined;
    return new Promise((resolve) => this.#waiting.push({ revision, resolve }));
  }

  /**
   * Joins a selection. With `from`, events after that revision are delivered at once, then the live ones follow
   * without gap or duplicate. Without it only live events are delivered (read `state` in the same turn for the rest).
   * Errors: `WindowExceededError`.
   */
  subscribe(selector: ObjectSelector, from: number | undefined, subscriber: ViewSubscriber): Subscription {
    if (this.#closed) throw new StoreClosedError();
    if (from !== undefined && from < this.#window.floor) throw new WindowExceededError(from, this.#window.floor);
    let view = this.#views.get(selector.key);
    if (view === undefined) this.#views.add((view = new View(selector, this.options.stamp)));
    const joined = view;
    let replaying = true;
    let stopped = false;
    joined.subscribers.add(subscriber);
    const subscription = {
      stop: () => {
        stopped = true;
        joined.subscribers.delete(subscriber);
        if (!replaying && joined.subscribers.size === 0 && this.#views.get(selector.key) === joined) this.#views.delete(joined);
      },
    };
    if (from !== undefined && from < this.#revision) {
      for (const event of this.#window.after(from)) {
        const seen = joined.translate(event);
        if (seen !== undefined) subscriber.event(seen);
        if (stopped) break;
      }
    }
    replaying = false;
    if (stopped) subscription.stop();
    return subscription;
  }

  /** Ends every subscription; the cache cannot be used afterwards. */
  close(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch?.cancel();
    this.#endSubscribers(error);
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  async #load(): Promise<void> {
    const { store, prefix } = this.options;
    const range = await store.range({ start: prefix, end: prefixEnd(prefix) });
    if (this.#closed) return;
    const state = SortedMap.empty<CachedObject>().edit();
    for (const entry of range.entries) state.set(this.#keyOf(entry.key), this.#cached(entry));
    this.#state = state;
    this.#window = this.#newWindow(range.revision);
    this.#startWatch(range.revision);
    this.#advance(range.revision);
    this.#isLoaded = true;
  }

  #startWatch(revision: number): void {
    const { store, prefix } = this.options;
    this.#watch = store.watch(
      { start: prefix, end: prefixEnd(prefix), fromRevision: revision + 1 },
      {
        batch: (batch) => {
          this.#apply(batch);
        },
        progress: (reached) => {
          this.#advance(reached);
        },
        end: (error) => {
          this.#watch = undefined;
          if (this.#closed) return;
          if (error instanceof StoreClosedError) {
            this.close(error);
            return;
          }
          this.#reload(error);
        },
      },
    );
  }

  /** The store's watch broke: resume where possible, else load again and end the watchers, who then relist. */
  #reload(error: Error): void {
    const { log, prefix, backoff } = this.options;
    log.warn('store watch ended, resuming', { prefix, error: error.message });
    const lost = error instanceof CompactedError;
    const attempt = async (n: number): Promise<void> => {
      try {
        if (!lost) {
          this.#startWatch(this.#revision);
          return;
        }
        this.#endSubscribers(new WindowExceededError(this.#revision, error.compacted));
        await this.#load();
      } catch (failure) {
        if (this.#closed) return;
        log.warn('store watch cannot be resumed yet', { prefix, error: String(failure) });
        await backoff(n);
        await attempt(n + 1);
      }
    };
    void backoff(0).then(() => (this.#closed ? undefined : attempt(1)));
  }

  #apply(batch: WatchBatch): void {
    for (const change of batch.events) {
      const storageKey = change.type === 'put' ? change.entry.key : change.key;
      const key = this.#keyOf(storageKey);
      const previous = this.#state.get(key);
      const cause = this.options.causes.take(storageKey, change.type === 'put' ? change.entry.value : undefined);
      if (change.type === 'put') {
        const object = this.#cached(change.entry);
        this.#state.set(key, object);
        this.#publish(new CacheEvent(previous === undefined ? 'ADDED' : 'MODIFIED', object, previous, batch.revision, cause));
      } else if (previous !== undefined) {
        this.#state.delete(key);
        const last = previous.restamped(batch.revision, this.options.stamp);
        this.#publish(new CacheEvent('DELETED', last, previous, batch.revision, cause));
      }
    }
    this.#advance(batch.revision);
  }

  #publish(event: CacheEvent): void {
    this.#window.push(event);
    this.#views.candidates(event, (view) => {
      const seen = view.translate(event);
      if (seen !== undefined) view.deliver(seen);
    });
  }

  #advance(revision: number): void {
    if (revision > this.#revision) this.#revision = revision;
    if (this.#waiting.length === 0) return;
    const due = this.#waiting.filter((one) => one.revision <= this.#revision);
    if (due.length === 0) return;
    const later = this.#waiting.filter((one) => one.revision > this.#revision);
    this.#waiting.splice(0, this.#waiting.length, ...later);
    for (const { resolve } of due) resolve();
  }

  #endSubscribers(error: Error | undefined): void {
    for (const view of [...this.#views.all()]) {
      const subscribers = [...view.subscribers];
      view.subscribers.clear();
      this.#views.delete(view);
      for (const subscriber of subscribers) subscriber.end(error);
    }
  }

  #cached(entry: Entry): CachedObject {
    return new CachedObject(this.#keyOf(entry.key), entry.value, entry.modRevision, this.options.parsed);
  }

  #keyOf(storageKey: string): string {
    return storageKey.slice(this.options.prefix.length);
  }

  #newWindow(floor: number): EventWindow {
    return new EventWindow(floor, this.options.maxEvents ?? 8192, this.options.maxBytes ?? 64 * 1024 * 1024);
  }
}

/** The objects of a snapshot that a selection wants, in order; a namespace is a range, not a scan. */
export function selectFrom(state: SortedMap<CachedObject>, selector: ObjectSelector): CachedObject[] {
  const range = selector.namespace === undefined ? {} : { start: `${selector.namespace}/`, end: `${selector.namespace}0` };
  const { matches } = selector;
  if (matches === undefined) return state.values(range);
  const found: CachedObject[] = [];
  state.scan(range, (object) => {
    if (matches(object.object)) found.push(object);
  });
  return found;
}
