import { randomInt } from 'node:crypto';
import type { Clock, Logger } from '@keelson/sdk';
import {
  CompactedError,
  FutureRevisionError,
  InvalidRequestError,
  LeaseNotFoundError,
  StoreClosedError,
  type Entry,
  type Lease,
  type LeaseId,
  type RangeRequest,
  type RangeResult,
  type Store,
  type StoreOptions,
  type Txn,
  type TxnResult,
  type Watch,
  type WatchRequest,
  type WatchSink,
} from '../contract.ts';
import { checkTxn } from '../engine/check-txn.ts';
import { orderKey } from '../engine/order-key.ts';
import { EtcdClient, systemRandom, type EtcdConnectionOptions } from './client.ts';
import { EtcdTxn } from './etcd-txn.ts';
import { EtcdWatches } from './etcd-watches.ts';
import { classify, translate } from './failure.ts';
import type { TxnResponse } from './protocol/responses.ts';
import { always, retry, type RetrySettings } from './retry.ts';
import { Wire } from './wire.ts';

/** Largest bound that node:crypto takes; a clash of two random ids is out of the question. */
const maxLeaseId = 2 ** 48 - 1;

export interface EtcdStoreOptions extends StoreOptions, EtcdConnectionOptions {
  /** Time for retries, deadlines and the watchdog of watches; a real clock, as etcd's is. */
  readonly clock: Clock;
  /** Stands before every key in etcd, for sharing one etcd. Default: none. */
  readonly prefix?: string;
  /** Longest time for a request with all its retries, milliseconds. Default 15,000: longer than an election. */
  readonly requestMs?: number;
  /** Hears when the watch has to be opened again. */
  readonly logger?: Pick<Logger, 'warn'>;
}

/** Opens a store on an etcd cluster. Rejects with `StoreUnavailableError` if no member answers. */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<Store> {
  const client = new EtcdClient(options, options.clock);
  const store = new EtcdStore(client, options);
  try {
    await store.health();
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

class EtcdStore implements Store {
  readonly driver = 'etcd';
  readonly #wire: Wire;
  readonly #retry: RetrySettings;
  readonly #closed = new AbortController();
  readonly #watches: EtcdWatches;
  readonly #stamp: StoreOptions['stamp'];
  #revision = 0;
  /** What etcd itself gives as its compacted revision; it can still read that one. */
  #compactedAt = -1;
  #closing: Promise<void> | undefined;

  constructor(
    private readonly client: EtcdClient,
    { clock, random = systemRandom, stamp, prefix = '', requestMs = 15_000, logger }: EtcdStoreOptions,
  ) {
    this.#stamp = stamp;
    this.#wire = new Wire(prefix, stamp);
    this.#retry = { clock, random, totalMs: requestMs, closed: this.#closed.signal };
    this.#watches = new EtcdWatches({
      client,
      clock,
      random,
      wire: this.#wire,
      logger,
      revision: () => this.#revision,
      seen: (revision) => this.#see(revision),
      compactedAt: (revision) => (this.#compactedAt = Math.max(this.#compactedAt, revision)),
    });
  }

  get revision(): number {
    return this.#revision;
  }

  /** As far as this client has heard. One more than etcd's own number: a delete in that revision may be gone. */
  get compactedRevision(): number {
    return Math.min(this.#compactedAt + 1, this.#revision);
  }

  async get(key: string): Promise<Entry | undefined> {
    this.#check();
    const response = await this.#try(`the read of ${key}`, () => this.client.range({ key: this.#wire.key(key) }));
    this.#see(response.revision);
    return this.#wire.optional(response.kvs[0]);
  }

  async range({ start, end, limit = 0, revision = 0, reverse = false }: RangeRequest): Promise<RangeResult> {
    this.#check();
    if (revision !== 0 && revision < this.compactedRevision) throw new CompactedError(revision, this.compactedRevision);
    if (orderKey(start) >= orderKey(end)) return { entries: [], more: false, count: 0, revision: revision === 0 ? this.#revision : revision };
    const request = { ...this.#wire.range(start, end), limit, revision, reverse };
    try {
      const response = await this.#try(`the range from ${start}`, () => this.client.range(request));
      this.#see(response.revision);
      const entries = response.kvs.map((kv) => this.#wire.entry(kv));
      return { entries, more: response.more, count: response.count, revision: revision === 0 ? response.revision : revision };
    } catch (error) {
      const failure = classify(error);
      if (failure === 'compacted') throw this.#compactedBefore(revision + 1, revision);
      throw failure === 'future' ? new FutureRevisionError(revision, this.#revision) : error;
    }
  }

  async txn(txn: Txn): Promise<TxnResult> {
    this.#check();
    checkTxn(txn);
    const request = new EtcdTxn(txn, this.#wire, this.#stamp);
    let repeated = false;
    // Only what protects itself against being carried out twice is tried again when its fate is unknown.
    const mayRepeat = (): boolean => (repeated = request.guarded);
    let response: TxnResponse;
    try {
      response = await retry(this.#retry, `the transaction on ${txn.ops[0]!.key}`, mayRepeat, () => this.client.txn(request.request));
    } catch (error) {
      throw classify(error) === 'no-lease' ? new LeaseNotFoundError(leaseOf(txn)) : error;
    }
    this.#see(response.revision);
    const result = request.result(response, repeated);
    if (result.ok && result.entries.some((entry) => entry !== undefined)) this.#watches.expect(result.revision, result.entries);
    return result;
  }

  watch(request: WatchRequest, sink: WatchSink): Watch {
    const from = request.fromRevision ?? 0;
    const refusal = this.#closing !== undefined ? new StoreClosedError() : from !== 0 && from < this.compactedRevision ? new CompactedError(from, this.compactedRevision) : undefined;
    if (refusal === undefined) return this.#watches.watch(request, sink);
    let cancelled = false;
    queueMicrotask(() => {
      if (!cancelled) sink.end(refusal);
    });
    return { cancel: () => (cancelled = true) };
  }

  async compact(revision: number): Promise<void> {
    this.#check();
    // Others write too; ask before calling a revision the future.
    if (revision > this.#revision) await this.health();
    if (revision > this.#revision) throw new FutureRevisionError(revision, this.#revision);
    if (revision <= this.compactedRevision) throw new CompactedError(revision, this.compactedRevision);
    // etcd 3.4 forgets deletes in the very revision it compacts at; one less, and a watch from `revision` sees all.
    if (revision > 1) await this.#compactAt(revision - 1);
    this.#compactedAt = Math.max(this.#compactedAt, revision - 1);
  }

  async grantLease(ttlSeconds: number): Promise<Lease> {
    this.#check();
    if (!(ttlSeconds > 0)) throw new InvalidRequestError(`a lease of ${ttlSeconds} s cannot be granted; give more than 0`);
    // An id of ours makes the grant repeatable.
    const id = String(randomInt(1, maxLeaseId));
    const ttl = Math.ceil(ttlSeconds);
    try {
      const { ttlSeconds: granted } = await this.#try('the grant of a lease', () => this.client.leaseGrant(id, ttl));
      return { id, ttlSeconds: granted };
    } catch (error) {
      if (classify(error) !== 'lease-exists') throw error;
      return { id, ttlSeconds: ttl };
    }
  }

  async keepLeaseAlive(id: LeaseId): Promise<Lease> {
    this.#check();
    const { ttlSeconds } = await this.#try(`keeping lease ${id} alive`, () => this.client.leaseKeepAlive(id));
    if (ttlSeconds === 0) throw new LeaseNotFoundError(id);
    return { id, ttlSeconds };
  }

  async revokeLease(id: LeaseId): Promise<void> {
    this.#check();
    let repeated = false;
    try {
      this.#see(await retry(this.#retry, `the end of lease ${id}`, () => (repeated = true), () => this.client.leaseRevoke(id)));
    } catch (error) {
      if (classify(error) !== 'no-lease') throw error;
      if (!repeated) throw new LeaseNotFoundError(id);
    }
  }

  async health(signal?: AbortSignal): Promise<void> {
    this.#check();
    signal?.throwIfAborted();
    // A linearizable read needs a quorum.
    const read = this.#try('a health check', () => this.client.range({ key: this.#wire.everything().key, countOnly: true }));
    const response = await (signal === undefined ? read : Promise.race([read, aborted(signal)]));
    this.#see(response.revision);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort();
    await this.#watches.close(new StoreClosedError());
    this.client.close();
  }

  async #compactAt(revision: number): Promise<void> {
    try {
      await this.#try('the compaction', () => this.client.compact(revision));
    } catch (error) {
      if (classify(error) !== 'compacted') throw error;
      // Done before, by an attempt whose answer got lost or by somebody else; too far only if this fails.
      await this.range({ start: '\0', end: '\x01', limit: 1, revision: revision + 1 });
    }
  }

  #compactedBefore(known: number, requested: number): CompactedError {
    this.#compactedAt = Math.max(this.#compactedAt, known);
    return new CompactedError(requested, Math.max(requested + 1, this.compactedRevision));
  }

  #try<T>(what: string, call: () => Promise<T>): Promise<T> {
    return retry(this.#retry, what, always, call);
  }

  #see(revision: number): void {
    if (revision > this.#revision) this.#revision = revision;
  }

  #check(): void {
    if (this.#closing !== undefined) throw new StoreClosedError();
  }
}

function leaseOf(txn: Txn): LeaseId {
  for (const op of txn.ops) if (op.type === 'put' && op.lease !== undefined) return op.lease;
  return '';
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(translate(signal.reason, 'a health check')), { once: true });
  });
}
