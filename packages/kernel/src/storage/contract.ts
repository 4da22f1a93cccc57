import type { Clock } from '@keelson/sdk';

/**
 * The revisioned key-value contract that every storage driver fulfils.
 *
 * Semantics are those of etcd v3 (https://etcd.io/docs/v3.6/learning/api/): one revision counter for the whole
 * store, multi-version reads, transactions guarded by mod-revision, gap-free ordered watches, compaction, leases.
 * Keys are strings compared as UTF-8 bytes; values are opaque bytes.
 */

/** A stored key with its value and etcd's three counters. `value` must never be written to by a reader. */
export interface Entry {
  readonly key: string;
  readonly value: Buffer;
  /** Revision of the transaction that created the key (again, after a delete). */
  readonly createRevision: number;
  /** Revision of the transaction that last wrote the key. */
  readonly modRevision: number;
  /** Writes since creation; 1 for a fresh key. */
  readonly version: number;
  /** Lease that the key is attached to; it is deleted when the lease ends. */
  readonly lease?: LeaseId;
}

export type LeaseId = string;

/** `modRevision: 0` means "the key does not exist". */
export interface Compare {
  readonly key: string;
  readonly modRevision: number;
}

export type Op =
  | { readonly type: 'put'; readonly key: string; readonly value: Buffer; readonly lease?: LeaseId }
  | { readonly type: 'delete'; readonly key: string };

export interface Txn {
  /** All must hold, otherwise nothing is written. */
  readonly compare: readonly Compare[];
  /** At least one; a key may appear once only. All get the same revision. */
  readonly ops: readonly Op[];
}

export type TxnResult =
  | {
      readonly ok: true;
      /** The revision that all operations of the transaction got. */
      readonly revision: number;
      /** Per op, in order: the entry written (put) or the entry removed (delete; undefined if there was none). */
      readonly entries: readonly (Entry | undefined)[];
    }
  | {
      readonly ok: false;
      /** Store revision at which the comparison failed. */
      readonly revision: number;
      /** Per compare, in order: what the store holds now. */
      readonly current: readonly (Entry | undefined)[];
    };

export interface RangeRequest {
  /** Inclusive. */
  readonly start: string;
  /** Exclusive; see {@link prefixEnd}. */
  readonly end: string;
  /** 0 or absent: no limit. */
  readonly limit?: number;
  /** Read as of this revision; absent: the current one. Errors: `CompactedError`, `FutureRevisionError`. */
  readonly revision?: number;
  readonly reverse?: boolean;
}

export interface RangeResult {
  readonly entries: readonly Entry[];
  /** True if `limit` cut the answer. */
  readonly more: boolean;
  /** How many keys lie in the range at that revision, whatever the limit. */
  readonly count: number;
  /** The revision that was read. */
  readonly revision: number;
}

export type StoreEvent =
  | { readonly type: 'put'; readonly entry: Entry; readonly previous: Entry | undefined }
  | {
      readonly type: 'delete';
      readonly key: string;
      /** Revision of the delete. */
      readonly modRevision: number;
      /** What was deleted; undefined only where a driver can no longer know it (compacted meanwhile). */
      readonly previous: Entry | undefined;
    };

/** All events of one transaction inside the watched range; never split over two batches. */
export interface WatchBatch {
  readonly revision: number;
  readonly events: readonly StoreEvent[];
}

export interface WatchRequest {
  readonly start: string;
  readonly end: string;
  /** First revision to deliver (inclusive). 0 or absent: everything after the moment of the call. */
  readonly fromRevision?: number;
  /** Most batches that may wait for a slow reader before the watch fails with `SlowWatcherError`. Default 65536. */
  readonly maxBacklog?: number;
}

/** What a watch calls. All calls of one watch come in order and never nest. */
export interface WatchSink {
  /** In revision order, no gap, no duplicate. Called only after the transaction is durable. */
  batch(batch: WatchBatch): void;
  /**
   * All changes up to and including `revision` have been handed over, also those outside the range.
   * Called after batches and, where the driver can, when idle; lets caches answer "not older than".
   */
  progress?(revision: number): void;
  /** The watch ended by itself: compacted, slow, closed, or lost for good. Never called after `cancel`. */
  end(error: StoreError): void;
}

export interface Watch {
  /** Idempotent. After it returns no sink method is called. */
  cancel(): void;
}

export interface Lease {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
}

/** Options that every driver takes from the composition root. */
export interface StoreOptions {
  /**
   * Called exactly once for each value that becomes visible (committed or decoded), with the entry's mod-revision,
   * before any reader sees it. It may write into `value` in place, keeping its length. The kernel uses it to write
   * the `resourceVersion` into the serialized object, so that the same bytes serve every reader.
   */
  readonly stamp?: (value: Buffer, modRevision: number) => void;
}

/** One open store. All methods may be called concurrently; transactions are serializable. */
export interface Store {
  readonly driver: string;
  /** Latest revision known to be durable. A fresh store has revision 1, as etcd. */
  readonly revision: number;
  /** Revisions below it can no longer be read or watched. */
  readonly compactedRevision: number;

  get(key: string): Promise<Entry | undefined>;
  range(request: RangeRequest): Promise<RangeResult>;
  /**
   * Resolves only after the result is durable. Rejects with `StoreError` if the outcome is failure or unknown.
   * The store takes the value buffers over: the caller must not write to them afterwards. A transaction that only
   * deletes what is not there changes nothing and gets the current revision, as in etcd.
   */
  txn(txn: Txn): Promise<TxnResult>;
  watch(request: WatchRequest, sink: WatchSink): Watch;
  /** Forget versions older than `revision`. Errors: `CompactedError` (already), `FutureRevisionError`. */
  compact(revision: number): Promise<void>;

  grantLease(ttlSeconds: number): Promise<Lease>;
  /** Rejects with `LeaseNotFoundError` once it has ended. */
  keepLeaseAlive(id: LeaseId): Promise<Lease>;
  /** Ends the lease and deletes its keys in one transaction. */
  revokeLease(id: LeaseId): Promise<void>;

  /** Rejects when the store cannot serve (readiness check). */
  health(signal?: AbortSignal): Promise<void>;
  /** Flushes, ends watches with `StoreClosedError`, releases files and connections. Idempotent. */
  close(): Promise<void>;
}

/** A store whose state is persistent (structure-sharing): forking costs no copy. Memory and embedded drivers. */
export interface ForkableStore extends Store {
  /** An independent in-memory store that starts with this one's present state, revision and history. Synchronous. */
  fork(options?: ForkOptions): ForkableStore;
}

/** What a fork may do differently from the store it came from. */
export interface ForkOptions extends StoreOptions {
  /** Time of the fork; absent: the parent's clock. Leases go on with the time they had left. */
  readonly clock?: Clock;
}

/** Every fault of a driver. `code` is stable: `KEEL_STORE_…`. */
export abstract class StoreError extends Error {
  abstract readonly code: string;
}

/** The revision asked for has been compacted; relist. Maps to 410 Gone. */
export class CompactedError extends StoreError {
  readonly code = 'KEEL_STORE_COMPACTED';
  constructor(
    readonly requested: number,
    readonly compacted: number,
  ) {
    super(`revision ${requested} has been compacted, the oldest readable one is ${compacted}`);
  }
}

export class FutureRevisionError extends StoreError {
  readonly code = 'KEEL_STORE_FUTURE_REVISION';
  constructor(
    readonly requested: number,
    readonly current: number,
  ) {
    super(`revision ${requested} is in the future, the current one is ${current}`);
  }
}

export class SlowWatcherError extends StoreError {
  readonly code = 'KEEL_STORE_SLOW_WATCHER';
  constructor(readonly backlog: number) {
    super(`watch fell ${backlog} batches behind and was closed; resume from the last revision seen`);
  }
}

export class LeaseNotFoundError extends StoreError {
  readonly code = 'KEEL_STORE_LEASE_NOT_FOUND';
  constructor(readonly lease: LeaseId) {
    super(`lease ${lease} does not exist or has ended`);
  }
}

export class StoreClosedError extends StoreError {
  readonly code = 'KEEL_STORE_CLOSED';
  constructor() {
    super('the store is closed');
  }
}

/** The driver cannot serve now (no quorum, disk full, connection lost). The write may or may not have happened. */
export class StoreUnavailableError extends StoreError {
  readonly code = 'KEEL_STORE_UNAVAILABLE';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** A request that no store could serve (no operation, a key twice, an empty key); a fault of the caller. */
export class InvalidRequestError extends StoreError {
  readonly code = 'KEEL_STORE_INVALID';
  constructor(message: string) {
    super(message);
  }
}

/** The data directory cannot be used: locked, corrupt before the last record, wrong format. Says the way out. */
export class DataDirectoryError extends StoreError {
  constructor(
    readonly code: 'KEEL_STORE_LOCKED' | 'KEEL_STORE_CORRUPT' | 'KEEL_STORE_FORMAT',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The smallest string greater than every string that starts with `prefix`, in UTF-8 order; for ranges over a prefix. */
export function prefixEnd(prefix: string): string {
  const bytes = Buffer.from(prefix, 'utf8');
  for (let i = bytes.length - 1; i >= 0; i--) {
    const byte = bytes[i]!;
    if (byte < 0x7f) {
      return Buffer.concat([bytes.subarray(0, i), Buffer.from([byte + 1])]).toString('utf8');
    }
  }
  return '\u{10ffff}';
}
