import type { Clock } from '@keelson/sdk';
import {
  CompactedError,
  FutureRevisionError,
  InvalidRequestError,
  StoreClosedError,
  type Entry,
  type ForkableStore,
  type ForkOptions,
  type Lease,
  type LeaseId,
  type RangeRequest,
  type RangeResult,
  type StoreOptions,
  type Txn,
  type TxnResult,
  type Watch,
  type WatchBatch,
  type WatchRequest,
  type WatchSink,
} from '../contract.ts';
import { SortedMap, type SortedMapEditor } from '../sorted-map/index.ts';
import type { Change, CommitLog, DurableState, EnginePort } from './commit-log.ts';
import { checkTxn } from './check-txn.ts';
import { History, type HistoryLimits } from './history.ts';
import { ImmediateLog } from './immediate-log.ts';
import { Leases, type LeaseGrant } from './leases.ts';
import { Ledger } from './ledger.ts';
import { OldStates } from './old-states.ts';
import { orderKey } from './order-key.ts';
import { WatchHub } from './watch-hub.ts';

/** Where an engine begins: empty, recovered from disk, or another engine's present. */
export interface EngineStart {
  readonly state: SortedMap<Entry>;
  readonly revision: number;
  readonly compacted: number;
  readonly history: History;
  readonly oldStates: OldStates;
  readonly leases: readonly LeaseGrant[] | Leases;
}

export interface EngineSettings extends StoreOptions {
  readonly driver: string;
  readonly clock: Clock;
  readonly start: EngineStart;
  readonly log: (port: EnginePort) => CommitLog;
}

/** The beginning of a fresh store. */
export function emptyStart(clock: Clock, limits: HistoryLimits = {}): EngineStart {
  return { state: SortedMap.empty(), revision: 1, compacted: 0, history: new History(limits, clock, 1), oldStates: new OldStates(), leases: [] };
}

/**
 * The store of the memory and the embedded driver: decides transactions at once on the newest state (the ledger),
 * hands changes to a commit log, and shows them to readers when the log says that they are durable.
 */
export class EngineStore implements ForkableStore {
  readonly driver: string;
  readonly #clock: Clock;
  readonly #stamp: StoreOptions['stamp'];
  readonly #ledger: Ledger;
  readonly #leases: Leases;
  readonly #hub: WatchHub;
  readonly #log: CommitLog;
  readonly #history: History;
  readonly #oldStates: OldStates;
  /** What readers see: the ledger's own state where every change is durable at once, else a frozen one. */
  #view: SortedMap<Entry> | SortedMapEditor<Entry>;
  #revision: number;
  #compacted: number;
  #closed: Promise<void> | undefined;

  constructor({ driver, clock, stamp, start, log }: EngineSettings) {
    this.driver = driver;
    this.#clock = clock;
    this.#stamp = stamp;
    this.#history = start.history;
    this.#oldStates = start.oldStates;
    this.#revision = start.revision;
    this.#compacted = start.compacted;
    this.#leases = new Leases(clock, (id) => void this.#endLease(id).catch(() => undefined));
    if (start.leases instanceof Leases) this.#leases.adopt(start.leases);
    else for (const grant of start.leases) this.#leases.add(grant);
    this.#ledger = new Ledger(start.state, start.revision, this.#leases, stamp);
    this.#view = start.state;
    this.#hub = new WatchHub(
      () => this.#history,
      () => this.#compacted,
    );
    this.#log = log({
      freeze: () => this.#ledger.state.freeze(),
      publish: (changes, state) => this.#publish(changes, state),
      durable: () => this.#durable(),
      rollback: () => this.#rollback(),
    });
    if (this.#log instanceof ImmediateLog) this.#view = this.#ledger.state;
    if (!(start.leases instanceof Leases) && start.leases.length > 0) this.#reattach(start.state);
  }

  get revision(): number {
    return this.#revision;
  }

  get compactedRevision(): number {
    return this.#compacted;
  }

  get(key: string): Promise<Entry | undefined> {
    return this.#closed === undefined ? Promise.resolve(this.#view.get(orderKey(key))) : closed();
  }

  range(request: RangeRequest): Promise<RangeResult> {
    try {
      return this.#closed === undefined ? Promise.resolve(this.#range(request)) : closed();
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  txn(txn: Txn): Promise<TxnResult> {
    if (this.#closed !== undefined) return closed();
    try {
      checkTxn(txn);
      this.#log.admit();
      const { result, batch } = this.#ledger.txn(txn);
      if (batch !== undefined) return this.#append({ type: 'write', batch }, result);
      // The answer may rest on writes that are not durable yet; it must not get ahead of them.
      return this.#ledger.revision === this.#revision ? Promise.resolve(result) : this.#barrier(result);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  watch(request: WatchRequest, sink: WatchSink): Watch {
    if (this.#closed === undefined) return this.#hub.watch(request, sink);
    let cancelled = false;
    queueMicrotask(() => {
      if (!cancelled) sink.end(new StoreClosedError());
    });
    return { cancel: () => (cancelled = true) };
  }

  compact(revision: number): Promise<void> {
    if (this.#closed !== undefined) return closed();
    if (revision > this.#revision) return Promise.reject(new FutureRevisionError(revision, this.#revision));
    if (revision <= this.#compacted) return Promise.reject(new CompactedError(revision, this.#compacted));
    return this.#append({ type: 'compact', revision }, undefined);
  }

  grantLease(ttlSeconds: number): Promise<Lease> {
    if (this.#closed !== undefined) return closed();
    if (!(ttlSeconds > 0)) return Promise.reject(new InvalidRequestError(`a lease of ${ttlSeconds} s cannot be granted; give more than 0`));
    const id = this.#leases.nextId();
    return this.#append({ type: 'grant', lease: id, ttlSeconds }, { id, ttlSeconds });
  }

  async keepLeaseAlive(id: LeaseId): Promise<Lease> {
    if (this.#closed !== undefined) return closed();
    return { id, ttlSeconds: this.#leases.renew(id) };
  }

  async revokeLease(id: LeaseId): Promise<void> {
    return this.#closed === undefined ? this.#endLease(id) : closed();
  }

  async health(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    return this.#closed === undefined ? this.#log.health() : closed();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  fork(options: ForkOptions = {}): ForkableStore {
    if (this.#closed !== undefined) throw new StoreClosedError();
    const clock = options.clock ?? this.#clock;
    const stamp = options.stamp ?? this.#stamp;
    const state = frozen(this.#view);
    const start = {
      state,
      revision: this.#revision,
      compacted: this.#compacted,
      history: this.#history.fork(clock),
      oldStates: this.#oldStates.fork(),
      leases: this.#ledger.revision === this.#revision ? this.#leases : this.#leases.grants(),
    };
    return new EngineStore({ driver: 'memory', clock, start, log: (port) => new ImmediateLog(port), ...(stamp === undefined ? {} : { stamp }) });
  }

  #range({ start, end, limit = 0, revision = 0, reverse = false }: RangeRequest): RangeResult {
    if (revision > this.#revision) throw new FutureRevisionError(revision, this.#revision);
    if (revision !== 0 && revision < this.#compacted) throw new CompactedError(revision, this.#compacted);
    const at = revision === 0 ? this.#revision : revision;
    const view = at === this.#revision ? this.#view : this.#oldStates.at(at, this.#history, () => frozen(this.#view));
    const range = { start: orderKey(start), end: orderKey(end), reverse };
    const entries = view.values(range, limit);
    const count = limit === 0 ? entries.length : view.count(range);
    const more = entries.length < count;
    // Whoever gets a part will ask for the rest at the same revision.
    if (more && at === this.#revision) this.#oldStates.pin(at, frozen(this.#view));
    return { entries, more, count, revision: at };
  }

  #durable(): DurableState {
    const { last, first } = this.#history;
    return {
      state: frozen(this.#view),
      revision: this.#revision,
      compacted: this.#compacted,
      leases: this.#leases.grants(),
      last: last >= first ? this.#history.at(last) : undefined,
    };
  }

  #append<T>(change: Change, result: T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#log.append(change, { done: () => resolve(result), failed: reject });
    });
  }

  #barrier<T>(result: T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#log.barrier({ done: () => resolve(result), failed: reject });
    });
  }

  async #endLease(id: LeaseId): Promise<void> {
    this.#leases.check(id);
    this.#log.admit();
    const keys = this.#leases.keysOf(id).filter((key) => this.#ledger.state.get(orderKey(key))?.lease === id);
    this.#leases.end(id);
    const batch = keys.length === 0 ? undefined : this.#ledger.txn({ compare: [], ops: keys.map((key) => ({ type: 'delete', key })) }).batch;
    try {
      await this.#append({ type: 'revoke', lease: id, batch }, undefined);
    } catch (error) {
      this.#leases.keep(id);
      throw error;
    }
  }

  #publish(changes: readonly Change[], state?: SortedMap<Entry>): void {
    if (state !== undefined) this.#view = state;
    for (const change of changes) {
      if (change.type === 'write') this.#show(change.batch);
      else if (change.type === 'grant') this.#leases.add({ id: change.lease, ttlSeconds: change.ttlSeconds });
      else if (change.type === 'compact') this.#forget(change.revision);
      else {
        this.#leases.remove(change.lease);
        if (change.batch !== undefined) this.#show(change.batch);
      }
    }
    this.#oldStates.offer(this.#revision, () => frozen(this.#view));
  }

  #show(batch: WatchBatch): void {
    this.#history.append(batch);
    this.#revision = batch.revision;
    this.#hub.publish(batch);
    if (this.#history.atChunkEnd) this.#forget(this.#history.wanted(this.#compacted));
  }

  #forget(revision: number): void {
    if (revision <= this.#compacted) return;
    this.#compacted = revision;
    this.#history.drop(revision);
    this.#oldStates.drop(revision);
  }

  #rollback(): void {
    const state = frozen(this.#view);
    this.#ledger.rollback(state, this.#revision);
    this.#reattach(state);
  }

  #reattach(state: SortedMap<Entry>): void {
    this.#leases.reattach(leased(state));
  }

  async #close(): Promise<void> {
    this.#leases.stop();
    await this.#log.close();
    await this.#hub.close(new StoreClosedError());
  }
}

function closed(): Promise<never> {
  return Promise.reject(new StoreClosedError());
}

function frozen(view: SortedMap<Entry> | SortedMapEditor<Entry>): SortedMap<Entry> {
  return view instanceof SortedMap ? view : view.freeze();
}

function leased(state: SortedMap<Entry>): Entry[] {
  const entries: Entry[] = [];
  state.scan({}, (entry) => {
    if (entry.lease !== undefined) entries.push(entry);
  });
  return entries;
}
