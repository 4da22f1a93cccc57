import type { Kind, KubeObject } from '@keelson/api';
import { KeelsonError, isStatus, type ApiClient, type Cancel, type Clock, type Logger, type Random, type Selection, type WatchEvent, type WatchHandle } from '@keelson/sdk';
import { Backoff } from '../backoff.ts';
import { revisionOf } from '../revision.ts';
import { answerTo, initialEventsEnd } from './watch-failure.ts';

/** Where a reflector puts what it sees. */
export interface ReflectorSink<T extends KubeObject> {
  /** The full state at a revision. False: older than what was seen already, ask again. */
  replace(items: readonly T[], revision: number): boolean;
  /** One change. False: it contradicts what was seen, take the full state anew. */
  event(event: WatchEvent<T>): boolean;
}

/** Timing of a reflector; milliseconds. */
export interface ReflectorTiming {
  /** A watch that has been silent (no event, no bookmark) for so long is taken for half-open and resumed. */
  readonly idle: number;
  /** A streaming list that makes no progress for so long is replaced by a plain list. */
  readonly initial: number;
  /** Take the full state anew this often; undefined: only when the server asks for it. */
  readonly relistEvery: number | undefined;
}

/** What a reflector needs. */
export interface ReflectorOptions<T extends KubeObject> {
  readonly client: ApiClient;
  readonly kind: Kind<T>;
  readonly selection: Selection;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly timing: ReflectorTiming;
}

const pageSize = 500;

/**
 * Keeps one list+watch alive for ever. It is driven by callbacks, not by a loop, so that an event reaches the cache in
 * the same turn in which the transport delivers it.
 *
 * Upstream's rules: bounded watches of 5 to 10 minutes, back-off 0.8 s doubling to 30 s with full jitter, resume from the
 * last revision after a drop, full state only after 410.
 */
export class Reflector<T extends KubeObject> {
  #handle: WatchHandle | undefined;
  #stopped = false;
  #reconnect: Cancel | undefined;
  #idle: Cancel | undefined;
  #relistTimer: Cancel | undefined;
  /** Revision to resume from; undefined: take the full state. */
  #resume: string | undefined;
  #streaming = true;
  /** Tells callbacks of an abandoned attempt from those of the present one. */
  #attempt = 0;
  #heard = 0;
  #lastFullState: number | undefined;
  readonly #abort = new AbortController();
  readonly #backoff: Backoff;
  readonly #relists: Backoff;
  /** Times that the full state was taken; a figure for tests and metrics. */
  fullStates = 0;

  constructor(
    private readonly options: ReflectorOptions<T>,
    private readonly sink: ReflectorSink<T>,
  ) {
    const limits = { first: 800, most: 30_000, jitter: 1 };
    this.#backoff = new Backoff(options.random, limits);
    this.#relists = new Backoff(options.random, limits);
  }

  start(): void {
    this.#connect();
    const every = this.options.timing.relistEvery;
    if (every !== undefined) this.#relistAfter(every);
  }

  stop(): void {
    this.#stopped = true;
    this.#leave();
    this.#relistTimer?.cancel();
    this.#abort.abort(new KeelsonError('KEEL_INFORMER_STOPPED', `informer of ${this.options.kind.plural} was stopped`));
  }

  /** Abandons the present watch and takes the full state. */
  relist(): void {
    this.#resume = undefined;
    this.#leave();
    this.#connectAfter(this.#relistWait());
  }

  /** Resolves when the present watch has delivered everything up to `revision`; undefined where the transport cannot tell. */
  reached(revision: number): Promise<boolean> | undefined {
    const attempt = this.#attempt;
    const handle = this.#handle;
    if (handle?.reached === undefined || this.#resume === undefined) return undefined;
    return Promise.resolve(handle.reached(revision)).then(() => attempt === this.#attempt);
  }

  #connect(): void {
    if (this.#stopped) return;
    if (this.#resume !== undefined) this.#watch(this.#resume);
    else if (this.#streaming) this.#streamList();
    else void this.#list();
  }

  /** Ends the present attempt: nothing that it still delivers counts. */
  #leave(): void {
    this.#attempt += 1;
    this.#handle?.stop();
    this.#handle = undefined;
    this.#idle?.cancel();
    this.#reconnect?.cancel();
  }

  #begin(): number {
    this.#leave();
    return this.#attempt;
  }

  #watch(from: string): void {
    const attempt = this.#begin();
    const since = this.options.clock.monotonic();
    let heard = false;
    this.#open({ resourceVersion: from }, attempt, {
      event: (event) => {
        heard = true;
        this.#backoff.reset();
        this.#resume = event.resourceVersion;
        if (!this.sink.event(event)) this.relist();
      },
      end: (error) => this.#ended(error, heard || this.options.clock.monotonic() - since >= 1000),
    });
    this.#watchIdle(attempt, this.options.timing.idle, () => this.#silent());
  }

  #streamList(): void {
    const attempt = this.#begin();
    const items = new Map<string, T>();
    let synced = false;
    this.#open({ sendInitialEvents: true }, attempt, {
      event: (event) => {
        if (synced) {
          this.#resume = event.resourceVersion;
          if (!this.sink.event(event)) this.relist();
        } else if (event.type === 'BOOKMARK' && event.object.metadata.annotations?.[initialEventsEnd] === 'true') {
          synced = true;
          this.#fullState([...items.values()], event.resourceVersion);
        } else if (event.type === 'DELETED') items.delete(event.object.metadata.uid);
        else if (event.type !== 'BOOKMARK') items.set(event.object.metadata.uid, event.object);
      },
      end: (error) => {
        if (!synced && error !== undefined && answerTo(error).kind === 'unsupported') {
          this.#streaming = false;
          this.#connect();
        } else this.#ended(error, synced);
      },
    });
    this.#watchIdle(attempt, this.options.timing.initial, () => {
      if (synced) return this.#watchIdle(attempt, this.options.timing.idle, () => this.#silent());
      this.options.log.debug('server does not stream lists, listing instead', { resource: this.options.kind.plural });
      this.#streaming = false;
      this.#connect();
    });
  }

  #silent(): void {
    this.options.log.debug('watch is silent, resuming it', { resource: this.options.kind.plural, resourceVersion: this.#resume });
    this.#connect();
  }

  async #list(): Promise<void> {
    const attempt = this.#begin();
    const { client, kind, selection } = this.options;
    const items: T[] = [];
    let next: string | undefined;
    let revision = '';
    try {
      do {
        const page = await client.list(kind, { ...selection, limit: pageSize, signal: this.#abort.signal, ...(next === undefined ? {} : { continue: next }) });
        if (attempt !== this.#attempt) return;
        items.push(...page.items);
        next = page.continue;
        revision = page.resourceVersion;
      } while (next !== undefined);
    } catch (error) {
      if (attempt === this.#attempt && !this.#stopped) this.#ended(error as Error, false);
      return;
    }
    if (this.#fullState(items, revision)) this.#connect();
  }

  /** True when the state was taken; otherwise a new attempt is under way. */
  #fullState(items: readonly T[], resourceVersion: string): boolean {
    this.fullStates += 1;
    this.#lastFullState = this.options.clock.monotonic();
    if (!this.sink.replace(items, revisionOf(resourceVersion))) {
      this.options.log.warn('server gave a state older than one seen before, asking again', { resource: this.options.kind.plural });
      this.#leave();
      this.#connectAfter(this.#backoff.next());
      return false;
    }
    this.#resume = resourceVersion;
    this.#backoff.reset();
    return true;
  }

  #open(
    options: { readonly resourceVersion?: string; readonly sendInitialEvents?: boolean },
    attempt: number,
    handler: { event(event: WatchEvent<T>): void; end(error?: Error): void },
  ): void {
    const { client, kind, selection, random, clock } = this.options;
    this.#heard = clock.monotonic();
    const timeoutSeconds = 300 + random.int(300);
    const end = (error?: Error): void => {
      if (attempt !== this.#attempt) return;
      this.#leave();
      handler.end(error);
    };
    let handle: WatchHandle;
    try {
      handle = client.watch(kind, { ...selection, ...options, allowBookmarks: true, timeoutSeconds }, {
        event: (event) => {
          if (attempt !== this.#attempt) return;
          this.#heard = clock.monotonic();
          handler.event(event);
        },
        end,
      });
    } catch (error) {
      // A transport may know at once that it cannot: a kind that the server does not serve (yet).
      end(error as Error);
      return;
    }
    // A transport may deliver, and even end, before it returns its handle.
    if (attempt === this.#attempt) this.#handle = handle;
    else handle.stop();
  }

  #ended(error: Error | undefined, healthy: boolean): void {
    if (this.#stopped) return;
    const answer = answerTo(error);
    if (error === undefined && healthy) return this.#connectAfter(0);
    if (answer.kind === 'expired') {
      this.#resume = undefined;
      return this.#connectAfter(this.#relistWait());
    }
    // A refused revision does not get better by asking again.
    if (answer.kind === 'unsupported') this.#resume = undefined;
    const wait = Math.max(this.#backoff.next(), answer.kind === 'wait' ? answer.ms : 0);
    if (error !== undefined) this.#logEnd(error, wait);
    this.#connectAfter(wait);
  }

  #logEnd(error: Error, wait: number): void {
    const reasons = ['Forbidden', 'Unauthorized', 'NotFound', 'BadRequest', 'Invalid'] as const;
    const level = reasons.some((reason) => isStatus(error, reason)) ? 'warn' : 'debug';
    this.options.log[level]('watch ended, trying again', { resource: this.options.kind.plural, error: error.message, inMs: Math.round(wait) });
  }

  /** The full state is taken at once after a drop, but not in a loop when the server expires every watch. */
  #relistWait(): number {
    const calm = this.#lastFullState === undefined || this.options.clock.monotonic() - this.#lastFullState >= 30_000;
    if (calm) this.#relists.reset();
    return calm ? 0 : this.#relists.next();
  }

  #watchIdle(attempt: number, limit: number, silent: () => void): void {
    if (attempt !== this.#attempt) return;
    this.#idle?.cancel();
    this.#idle = this.options.clock.after(Math.max(1, limit - (this.options.clock.monotonic() - this.#heard)), () => {
      if (attempt !== this.#attempt) return;
      if (this.options.clock.monotonic() - this.#heard >= limit) silent();
      else this.#watchIdle(attempt, limit, silent);
    });
  }

  #relistAfter(ms: number): void {
    this.#relistTimer = this.options.clock.after(ms * (1 + 0.1 * this.options.random.next()), () => {
      this.#resume = undefined;
      this.#connect();
      this.#relistAfter(ms);
    });
  }

  #connectAfter(ms: number): void {
    if (this.#stopped) return;
    this.#reconnect?.cancel();
    if (ms > 0) {
      this.#reconnect = this.options.clock.after(ms, () => this.#connect());
      return;
    }
    const attempt = this.#attempt;
    queueMicrotask(() => {
      if (attempt === this.#attempt) this.#connect();
    });
  }
}
