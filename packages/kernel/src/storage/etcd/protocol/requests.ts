// Field numbers are those of etcd's rpc.proto (package etcdserverpb). Fields are written last to first.
import type { LeaseId, Txn } from '../../contract.ts';
import { MessageWriter } from './message-writer.ts';

/** Bytes that a range of keys and its options take beside the keys, with room to spare. */
const spare = 64;

/** A half-open range of keys as etcd takes them: no empty `key`, and `'\0'` as `end` for "to the very end". */
export interface KeyBounds {
  readonly key: string;
  /** Absent: the one key. */
  readonly end?: string;
}

/** What of a range is wanted. */
export interface RangeOptions extends KeyBounds {
  readonly limit?: number;
  readonly revision?: number;
  readonly reverse?: boolean;
  /** From what the asked member has, without asking the others. */
  readonly serializable?: boolean;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
}

const descending = 2;

/** `RangeRequest`. */
export function rangeRequest({ key, end = '', limit = 0, revision = 0, reverse = false, serializable = false, keysOnly = false, countOnly = false }: RangeOptions): Buffer {
  const out = new MessageWriter(key.length + end.length + spare);
  out.flag(9, countOnly);
  out.flag(8, keysOnly);
  out.flag(7, serializable);
  if (reverse) out.int(5, descending);
  out.int(4, revision);
  out.int(3, limit);
  out.text(2, end);
  out.text(1, key);
  return out.frame();
}

const modRevision = 2;

/**
 * `TxnRequest`: all comparisons are of mod-revisions for equality; if one fails, the compared keys are read instead.
 * A put asks for the previous entry unless the key must not exist.
 */
export function txnRequest({ compare, ops }: Txn, wireKey: (key: string) => string): Buffer {
  let expected = 0;
  for (const one of compare) expected += 2 * one.key.length + spare;
  for (const op of ops) expected += op.key.length + spare + (op.type === 'put' ? op.value.length : 0);
  const out = new MessageWriter(expected);
  // failure: one read per comparison.
  for (let i = compare.length - 1; i >= 0; i--) {
    const requestOp = out.length;
    out.text(1, wireKey(compare[i]!.key));
    out.close(1, requestOp);
    out.close(3, requestOp);
  }
  for (let i = ops.length - 1; i >= 0; i--) {
    const op = ops[i]!;
    const requestOp = out.length;
    if (op.type === 'put') {
      out.flag(4, !compare.some((one) => one.key === op.key && one.modRevision === 0));
      if (op.lease !== undefined) out.decimal(3, op.lease);
      out.bytes(2, op.value);
      out.text(1, wireKey(op.key));
      out.close(2, requestOp);
    } else {
      out.flag(3, true);
      out.text(1, wireKey(op.key));
      out.close(3, requestOp);
    }
    out.close(2, requestOp);
  }
  for (let i = compare.length - 1; i >= 0; i--) {
    const one = compare[i]!;
    const since = out.length;
    // Part of a oneof: also written when it is 0, else etcd would not know what to compare with.
    out.present(6, one.modRevision);
    out.text(3, wireKey(one.key));
    out.int(2, modRevision);
    out.close(1, since);
  }
  return out.frame();
}

/** `CompactionRequest`. */
export function compactionRequest(revision: number): Buffer {
  const out = new MessageWriter(16);
  out.int(1, revision);
  return out.frame();
}

/** `WatchRequest` that creates a watch with previous entries and notices of progress. */
export function watchCreateRequest({ key, end = '' }: KeyBounds, startRevision: number): Buffer {
  const out = new MessageWriter(key.length + end.length + spare);
  out.flag(6, true);
  out.flag(4, true);
  out.int(3, startRevision);
  out.text(2, end);
  out.text(1, key);
  out.close(1, 0);
  return out.frame();
}

/** `LeaseGrantRequest`. */
export function leaseGrantRequest(id: LeaseId, ttlSeconds: number): Buffer {
  const out = new MessageWriter(32);
  out.decimal(2, id);
  out.int(1, ttlSeconds);
  return out.frame();
}

/** `LeaseRevokeRequest`, and `LeaseKeepAliveRequest`, which looks the same. */
export function leaseRequest(id: LeaseId): Buffer {
  const out = new MessageWriter(16);
  out.decimal(1, id);
  return out.frame();
}

/** `AuthenticateRequest`. */
export function authenticateRequest({ username, password }: { readonly username: string; readonly password: string }): Buffer {
  const out = new MessageWriter(username.length + password.length + spare);
  out.text(2, password);
  out.text(1, username);
  return out.frame();
}
