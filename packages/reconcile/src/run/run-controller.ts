import { setMaxListeners } from 'node:events';
import type { Tracer } from '@opentelemetry/api';
import { parseObjectKey, type Kind, type KubeObject } from '@keelson/api';
import { eventRecorder, LeaderElection, type InformerFactory } from '@keelson/client';
import { isStatus, isTerminal, KeelsonError, type ApiClient, type Cancel, type Clock, type Logger, type Random } from '@keelson/sdk';
import type { ControllerDeclaration, EventRecorder, ReconcileContext, ReconcileResult } from '@keelson/sdk/controller';
import { causeMaxAge, noopTracer, runDetached } from '@keelson/telemetry';
import type { RetryLimits } from '../queue/rate-limiter.ts';
import { WorkQueue, type WorkItem } from '../queue/work-queue.ts';
import { ControllerCaches } from './controller-caches.ts';
import { newCounters, type ControllerCounters } from './counters.ts';
import { enqueueChanges } from './enqueue.ts';
import { ReconcileClient } from './reconcile-client.ts';
import { ReconcileSpan } from './reconcile-span.ts';

/** What a controller runs with. */
export interface RunControllerOptions {
  /** Acts as the plugin that contributed the controller. */
  readonly api: ApiClient;
  readonly informers: InformerFactory;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Default: tracing off. */
  readonly tracer?: Tracer | undefined;
  /** Default: one that writes as `<name>-controller`. */
  readonly events?: EventRecorder | undefined;
  readonly limits?: RetryLimits | undefined;
  /** `link` makes every reconcile a root with links; default `parent`. */
  readonly relation?: 'parent' | 'link' | undefined;
  /** Name among the candidates of an election; default: drawn. */
  readonly identity?: string | undefined;
}

/** For a reconcile to end after its signal aborted, milliseconds. */
const momentMs = 1000;

/** A running controller. */
export interface RunningController {
  readonly name: string;
  readonly counters: Readonly<ControllerCounters>;
  /** Keys that are ready for a worker. */
  readonly queued: number;
  /** Keys that are being reconciled. */
  readonly inFlight: readonly string[];
  /** Resolves with the first full state of every kind it reads. */
  readonly synced: Promise<void>;
  /** Takes no new work; resolves when what is in flight has ended. */
  drain(): Promise<void>;
  /** Aborts what is in flight, gives it a moment to end, and releases everything. */
  stop(): Promise<void>;
}

/** Starts a controller: its informers at once, its workers when all caches are synced (and it is the leader). */
export function runController<T extends KubeObject>(declaration: ControllerDeclaration<T>, options: RunControllerOptions): RunningController {
  return new Controller(declaration as unknown as ControllerDeclaration, options);
}

class Controller implements RunningController {
  readonly name: string;
  readonly counters = newCounters();
  readonly synced: Promise<void>;
  readonly #caches: ControllerCaches;
  readonly #queue: WorkQueue;
  readonly #events: EventRecorder;
  readonly #log: Logger;
  readonly #stopEvents: () => void;
  readonly #stopping = new AbortController();
  /** Aborts with the controller or with the end of its term as leader. */
  #term: AbortSignal | undefined;
  #election: LeaderElection | undefined;
  #resync: Cancel | undefined;
  #draining = false;
  #pumping = false;
  #idle: (() => void)[] = [];
  readonly #inFlight = new Set<string>();

  constructor(
    private readonly declaration: ControllerDeclaration,
    private readonly options: RunControllerOptions,
  ) {
    const { clock, informers, log, api, random } = options;
    this.name = declaration.name;
    this.#log = log.child({ controller: declaration.name });
    this.#events = options.events ?? eventRecorder({ api, clock, random: random.fork('events'), log: this.#log, component: `${declaration.name}-controller` });
    this.#queue = new WorkQueue({ clock, onReady: () => this.#pump(), ...(options.limits ? { limits: options.limits } : {}) });
    this.#caches = new ControllerCaches(declaration, informers);
    this.#stopEvents = enqueueChanges({ declaration, caches: this.#caches, queue: this.#queue, clock, log: this.#log, counters: this.counters });
    this.synced = this.#caches.synced().then(() => this.#begin());
    this.synced.catch(() => undefined);
  }

  get queued(): number {
    return this.#queue.size;
  }

  get inFlight(): readonly string[] {
    return [...this.#inFlight];
  }

  async drain(): Promise<void> {
    this.#draining = true;
    this.#resync?.cancel();
    if (this.counters.active > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async stop(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#stopping.abort(new KeelsonError('KEEL_CONTROLLER_STOPPED', `controller ${this.name} was stopped`));
    this.#stopEvents();
    this.#queue.stop();
    // Each has been told by its signal; one that does not listen must not keep the others' resources.
    const moment = new AbortController();
    await Promise.race([this.drain(), this.options.clock.sleep(momentMs, moment.signal).catch(() => undefined)]);
    moment.abort();
    if (this.#inFlight.size > 0) this.#log.warn('reconciles go on after the controller was stopped: they do not listen to their signal', { objects: this.inFlight.slice(0, 5) });
    await this.#election?.stop();
    this.#caches.release();
  }

  #begin(): void {
    if (this.#stopping.signal.aborted) return;
    const { resyncEvery, leaderElection } = this.declaration;
    if (resyncEvery !== undefined) this.#resyncAfter(resyncEvery);
    if (leaderElection === undefined) return this.#lead(this.#stopping.signal);
    const { api, clock, random } = this.options;
    this.#election = new LeaderElection({
      api, clock, log: this.#log,
      random: random.fork('election'),
      name: leaderElection,
      identity: this.options.identity ?? `${this.name}_${random.uuid()}`,
      onStarted: (signal) => this.#lead(AbortSignal.any([signal, this.#stopping.signal])),
      onStopped: () => {
        this.#term = undefined;
      },
    });
    this.#election.start();
  }

  #lead(term: AbortSignal): void {
    // Every worker that waits for its writes to be seen listens; that many are no leak.
    setMaxListeners(0, term);
    this.#term = term;
    this.#pump();
  }

  #resyncAfter(every: number): void {
    this.#resync = this.options.clock.after(every * (1 + 0.1 * this.options.random.next()), () => {
      for (const key of this.#caches.main.store.keys()) this.#queue.add(key);
      if (!this.#draining) this.#resyncAfter(every);
    });
  }

  /** Work starts in a turn of its own: events that arrive in one turn are taken together, and none runs a reconcile. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#fill();
    });
  }

  #fill(): void {
    const term = this.#term;
    if (term === undefined || this.#draining) return;
    while (this.counters.active < (this.declaration.concurrency ?? 1)) {
      const item = this.#queue.take();
      if (item === undefined) return;
      this.counters.active += 1;
      this.#inFlight.add(item.key);
      void runDetached(() => this.#work(item, term)).then((spacing) => this.#release(item.key, spacing));
    }
  }

  #release(key: string, spacing: number): void {
    this.counters.active -= 1;
    this.#inFlight.delete(key);
    this.#queue.done(key, spacing);
    if (this.counters.active === 0) for (const resolve of this.#idle.splice(0)) resolve();
    this.#fill();
  }

  /** Never rejects; resolves to the key's spacing, milliseconds. */
  async #work(item: WorkItem, signal: AbortSignal): Promise<number> {
    try {
      const behind = this.#caches.ownWritesSeen(signal);
      if (behind !== undefined) {
        this.counters.waitsForOwnWrites += 1;
        await behind;
      }
    } catch (error) {
      if (!signal.aborted) this.#log.warn('a cache ended before it showed own writes', { object: item.key, error: (error as Error).message });
      // Stopped, or no longer the leader: the key stays for the next term.
      this.#queue.retry(item.key, item.causes);
      return 0;
    }
    const ref = parseObjectKey(item.key);
    const object = this.#caches.main.store.get(item.key);
    if (object === undefined && this.declaration.deleted === undefined) {
      this.#queue.forget(item.key);
      return 0;
    }
    const { clock, tracer = noopTracer, relation = 'parent' } = this.options;
    const span = new ReconcileSpan({ tracer, clock, controller: this.name, kind: this.declaration.for as Kind<KubeObject>, ref, uid: object?.metadata.uid, item, relation });
    const api = new ReconcileClient({ inner: this.options.api, span, caches: this.#caches, signal });
    try {
      const context = this.#context(item, span, api, signal);
      const result = object === undefined ? await this.declaration.deleted?.(ref, context) : await this.declaration.reconcile(object, context);
      this.#succeeded(item, span, result);
    } catch (error) {
      this.#failed(item, span, signal, error);
    }
    if (api.created.length > 0) this.#confirm(item, api.created, signal);
    this.counters.reconciles += 1;
    this.counters.busyMs += span.elapsed();
    return object === undefined ? 0 : this.#spacing(object);
  }

  /** The event of a created object brings its owner back, unless the object was gone before the watch could tell. */
  #confirm(item: WorkItem, created: readonly KubeObject[], signal: AbortSignal): void {
    this.#caches.missed(created, signal).then(
      (missed) => {
        if (missed) this.#queue.addAfter(item.key, 0, item.causes);
      },
      () => undefined,
    );
  }

  #context(item: WorkItem, span: ReconcileSpan, api: ApiClient, signal: AbortSignal): ReconcileContext {
    const { clock } = this.options;
    const ref = parseObjectKey(item.key);
    return {
      ref, signal, clock,
      attempt: item.attempt,
      log: this.#log.child({ object: item.key }),
      api,
      caches: this.#caches,
      events: { record: (about, type, reason, message) => span.run(() => this.#events.record(about, type, reason, message)) },
    };
  }

  #succeeded(item: WorkItem, span: ReconcileSpan, result: ReconcileResult): void {
    this.#queue.forget(item.key);
    const after = result?.requeueAfter;
    span.end(after === undefined ? 'done' : 'requeued');
    if (after === undefined) return;
    this.counters.requeues += 1;
    const live = item.causes.filter((cause) => this.options.clock.now() - cause.at <= causeMaxAge);
    this.#queue.addAfter(item.key, after, live);
  }

  #failed(item: WorkItem, span: ReconcileSpan, signal: AbortSignal, error: unknown): void {
    const { key } = item;
    if (signal.aborted) {
      span.end('failed');
      this.#queue.add(key);
      return;
    }
    this.counters.failures += 1;
    const message = error instanceof Error ? error.message : String(error);
    if (isTerminal(error)) {
      this.counters.terminal += 1;
      this.#queue.forget(key);
      span.end('terminal', error);
      this.#log.error('reconcile failed for good, waiting for the object to change', { object: key, error: message });
      return;
    }
    span.end('failed', error);
    const inMs = this.#queue.retry(key, item.causes);
    // Somebody else was faster, or something is not there yet: everyday life. What stays wrong is worth a line.
    const level = isStatus(error, 'Conflict') || item.attempt <= 3 ? 'debug' : 'warn';
    this.#log[level]('reconcile failed, trying again', { object: key, attempt: item.attempt, inMs: Math.round(inMs), error: message });
  }

  #spacing(object: KubeObject): number {
    try {
      return this.declaration.spacing?.(object) ?? 0;
    } catch (error) {
      this.#log.error('spacing failed', { error: String(error) });
      return 0;
    }
  }
}
