import type { Entry, LeaseId, WatchBatch } from '../contract.ts';
import type { SortedMap } from '../sorted-map/index.ts';
import type { LeaseGrant } from './leases.ts';

/** What the engine asks a commit log to make durable, in this order. */
export type Change =
  | { readonly type: 'write'; readonly batch: WatchBatch }
  | { readonly type: 'grant'; readonly lease: LeaseId; readonly ttlSeconds: number }
  /** `batch` deletes the keys that were attached, if there were any. */
  | { readonly type: 'revoke'; readonly lease: LeaseId; readonly batch: WatchBatch | undefined }
  | { readonly type: 'compact'; readonly revision: number };

/** Told once how a change fared. */
export interface Waiter {
  /** The change is durable and visible. */
  done(): void;
  failed(error: unknown): void;
}

/**
 * Makes changes durable. The engine has already applied a change to its newest state when it appends it, and shows
 * it to readers when the log calls `publish`.
 */
export interface CommitLog {
  /** Throws when too much waits already; asked before a change is applied. */
  admit(): void;
  /** Queues a change; waiters hear in order. */
  append(change: Change, waiter: Waiter): void;
  /** Calls the waiter when all that was appended before is durable. */
  barrier(waiter: Waiter): void;
  /** Rejects when writes cannot succeed now. */
  health(): Promise<void>;
  /** Waits for what was appended, then releases everything. */
  close(): Promise<void>;
}

/** A durable state with all that a later life of the store needs to go on from it. */
export interface DurableState {
  readonly state: SortedMap<Entry>;
  readonly revision: number;
  readonly compacted: number;
  readonly leases: readonly LeaseGrant[];
  /** The batch of `revision`, so that a watch may start there; undefined if nothing was ever written. */
  readonly last: WatchBatch | undefined;
}

/** What the commit log may do with the engine. */
export interface EnginePort {
  /** The newest state, as it is now, with its revision. */
  freeze(): SortedMap<Entry>;
  /** Shows durable changes to readers and watches. `state`: the state after the last of them; absent: the newest one. */
  publish(changes: readonly Change[], state?: SortedMap<Entry>): void;
  /** What readers see now, for a snapshot. */
  durable(): DurableState;
  /** Throws away everything that was appended but not published. */
  rollback(): void;
}
