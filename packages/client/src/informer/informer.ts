import type { SpanContext } from '@opentelemetry/api';
import { objectKey, type Kind, type KubeObject } from '@keelson/api';
import { KeelsonError, type ObjectRef, type WatchEvent } from '@keelson/sdk';
import { revisionOf } from '../revision.ts';
import { ObjectStore } from './object-store.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';

/** One difference between what a handler was told before and the present state. */
export interface Change<T extends KubeObject> {
  readonly type: 'added' | 'updated' | 'deleted';
  /** The new state; for `deleted` the last one known. */
  readonly object: T;
  /** For `updated`: the state that the handler was told before. */
  readonly previous: T | undefined;
  /** Span of the write, where the server told it. */
  readonly cause: SpanContext | undefined;
}

/** Is called in order, never nested, never twice for one state. */
export type ChangeHandler<T extends KubeObject> = (change: Change<T>) => void;

interface Waiter {
  readonly test: () => boolean;
  readonly settle: (error?: Error) => void;
}

/** A local copy of a kind (or a selection of it), kept up to date for ever, with indexes and handlers. */
export class Informer<T extends KubeObject> {
  readonly kind: Kind<T>;
  readonly store = new ObjectStore<T>();
  /** Resolves with the first full state; rejects when the informer is stopped before. */
  readonly synced: Promise<void>;
  readonly #reflector: Reflector<T>;
  readonly #options: ReflectorOptions<T>;
  #handlers: readonly ChangeHandler<T>[] = [];
  #waiters: readonly Waiter[] = [];
  #rewindListeners: readonly (() => void)[] = [];
  #revision = 0;
  #hasSynced = false;
  #stale = 0;
  #stopped: KeelsonError | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.kind = options.kind;
    this.#options = options;
    this.#reflector = new Reflector<T>(options, {
      replace: (items, revision) => this.#replace(items, revision),
      event: (event) => this.#event(event),
    });
    this.synced = this.waitUntil(() => this.#hasSynced);
    this.synced.catch(() => undefined);
  }

  /** Revision of the server up to which this copy is complete; 0 before the first full state. */
  get revision(): number {
    return this.#revision;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Times that the full state was taken since the start. */
  get fullStates(): number {
    return this.#reflector.fullStates;
  }

  start(): void {
    this.#reflector.start();
  }

  /** Ends the watch; whoever waits is told. The copy stays readable. */
  stop(): void {
    this.#stopped = new KeelsonError('KEEL_INFORMER_STOPPED', `informer of ${this.kind.plural} was stopped`);
    this.#reflector.stop();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.settle(this.#stopped);
  }

  get(ref: ObjectRef): T | undefined {
    return this.store.get(objectKey(ref));
  }

  /** Adds a handler, which is told of everything that is here already as `added`; returns the way to remove it. */
  onChange(handler: ChangeHandler<T>): () => void {
    this.#handlers = [...this.#handlers, handler];
    for (const object of this.store.list()) this.#call(handler, { type: 'added', object, previous: undefined, cause: undefined });
    return () => {
      this.#handlers = this.#handlers.filter((other) => other !== handler);
    };
  }

  /** Calls back when the server went back to an older state: revisions noted before mean nothing any more. */
  onRewind(listener: () => void): () => void {
    this.#rewindListeners = [...this.#rewindListeners, listener];
    return () => {
      this.#rewindListeners = this.#rewindListeners.filter((other) => other !== listener);
    };
  }

  /** Resolves when this copy holds everything up to `revision`, by event or by bookmark. */
  waitFor(revision: number, signal?: AbortSignal): Promise<void> {
    this.catchUp(revision);
    return this.waitUntil(() => this.#revision >= revision, signal);
  }

  /**
   * Asks the transport to tell when everything up to `revision` was delivered, where it can: a kind that nobody writes
   * then needs no bookmark to be known as complete.
   */
  catchUp(revision: number): void {
    if (this.#revision >= revision) return;
    this.#reflector.reached(revision)?.then(
      (still) => {
        if (still) this.#reached(revision);
      },
      () => undefined,
    );
  }

  /** Resolves when `test` holds; it is asked after each event and bookmark. Rejects on abort and on stop. */
  waitUntil(test: () => boolean, signal?: AbortSignal): Promise<void> {
    if (test()) return Promise.resolve();
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    return new Promise((resolve, reject) => {
      const aborted = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        test,
        settle: (error) => {
          signal?.removeEventListener('abort', aborted);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      signal?.addEventListener('abort', aborted, { once: true });
      this.#waiters = [...this.#waiters, waiter];
    });
  }

  /**
   * Takes one event. Duplicates and late events of an object are dropped by its revision; an older event of an object
   * that is not here may be a late first sight or a ghost of a deleted object: only the full state can tell.
   */
  #event(event: WatchEvent<T>): boolean {
    const revision = revisionOf(event.resourceVersion);
    const trusted = event.type === 'BOOKMARK' || this.#apply(event, revision);
    this.#reached(revision);
    return trusted;
  }

  #apply({ type, object, cause }: WatchEvent<T>, revision: number): boolean {
    const key = objectKey(object);
    const current = this.store.get(key);
    const known = revisionOf(current?.metadata.resourceVersion);
    if (type === 'DELETED') {
      if (current !== undefined && revision >= known) this.#remove(key, object, cause);
      return true;
    }
    if (current !== undefined && revision <= known) return true;
    if (current === undefined && revision < this.#revision) return false;
    this.#put(key, current, object, cause);
    return true;
  }

  #replace(items: readonly T[], revision: number): boolean {
    const rewound = revision < this.#revision;
    // Once may be a lagging replica; twice in a row is a server that was put back to an older state.
    if (rewound && ++this.#stale < 2) return false;
    this.#stale = 0;
    const gone = new Set(this.store.keys());
    for (const object of items) {
      const key = objectKey(object);
      gone.delete(key);
      const current = this.store.get(key);
      if (current?.metadata.resourceVersion !== object.metadata.resourceVersion || current.metadata.uid !== object.metadata.uid) this.#put(key, current, object, undefined);
    }
    for (const key of gone) {
      const last = this.store.get(key);
      if (last !== undefined) this.#remove(key, last, undefined);
    }
    this.#hasSynced = true;
    if (rewound) {
      this.#revision = revision;
      for (const listener of this.#rewindListeners) listener();
    }
    this.#reached(revision);
    return true;
  }

  #put(key: string, current: T | undefined, object: T, cause: SpanContext | undefined): void {
    if (current !== undefined && current.metadata.uid !== object.metadata.uid) {
      this.#remove(key, current, cause);
      current = undefined;
    }
    this.store.set(key, object);
    this.#tell({ type: current === undefined ? 'added' : 'updated', object, previous: current, cause });
  }

  #remove(key: string, last: T, cause: SpanContext | undefined): void {
    this.store.delete(key);
    this.#tell({ type: 'deleted', object: last, previous: undefined, cause });
  }

  #tell(change: Change<T>): void {
    for (const handler of this.#handlers) this.#call(handler, change);
  }

  #call(handler: ChangeHandler<T>, change: Change<T>): void {
    try {
      handler(change);
    } catch (error) {
      this.#options.log.error('a handler of an informer failed', { resource: this.kind.plural, object: objectKey(change.object), error: String(error) });
    }
  }

  #reached(revision: number): void {
    if (revision > this.#revision) this.#revision = revision;
    if (this.#waiters.length === 0) return;
    const done = this.#waiters.filter((waiter) => waiter.test());
    if (done.length === 0) return;
    this.#waiters = this.#waiters.filter((waiter) => !done.includes(waiter));
    for (const waiter of done) waiter.settle();
  }
}
