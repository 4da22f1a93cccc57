import type { LeaseId, Op, StoreEvent, WatchBatch } from '../contract.ts';
import type { Change } from '../engine/commit-log.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

const kinds = { write: 1, grant: 2, revoke: 3, compact: 4 } as const;
const put = 1;
const putWithLease = 2;
const remove = 3;

/** A change as the log holds it: operations rather than events, because what they replaced follows from the state. */
export type LoggedChange =
  | { readonly type: 'write'; readonly revision: number; readonly ops: readonly Op[] }
  | { readonly type: 'grant'; readonly lease: LeaseId; readonly ttlSeconds: number }
  | { readonly type: 'revoke'; readonly lease: LeaseId; readonly revision: number; readonly ops: readonly Op[] }
  | { readonly type: 'compact'; readonly revision: number };

export function encodeChange(out: ByteWriter, change: Change): void {
  out.u8(kinds[change.type]);
  if (change.type === 'write') {
    encodeBatch(out, change.batch);
  } else if (change.type === 'grant') {
    out.text(change.lease);
    out.count(change.ttlSeconds);
  } else if (change.type === 'revoke') {
    out.text(change.lease);
    encodeBatch(out, change.batch ?? { revision: 0, events: [] });
  } else {
    out.count(change.revision);
  }
}

/** Throws for bytes that no encoder wrote. */
export function decodeChange(from: ByteReader): LoggedChange {
  const kind = from.u8();
  if (kind === kinds.write) return { type: 'write', ...decodeBatch(from) };
  if (kind === kinds.grant) return { type: 'grant', lease: from.text(), ttlSeconds: from.count() };
  if (kind === kinds.revoke) return { type: 'revoke', lease: from.text(), ...decodeBatch(from) };
  if (kind === kinds.compact) return { type: 'compact', revision: from.count() };
  throw new RangeError(`unknown kind of change ${kind}`);
}

function encodeBatch(out: ByteWriter, batch: WatchBatch): void {
  out.count(batch.revision);
  out.u32(batch.events.length);
  for (const event of batch.events) encodeEvent(out, event);
}

function encodeEvent(out: ByteWriter, event: StoreEvent): void {
  if (event.type === 'delete') {
    out.u8(remove);
    out.text(event.key);
    return;
  }
  const { key, value, lease } = event.entry;
  out.u8(lease === undefined ? put : putWithLease);
  out.text(key);
  out.blob(value);
  if (lease !== undefined) out.text(lease);
}

function decodeBatch(from: ByteReader): { revision: number; ops: Op[] } {
  const revision = from.count();
  const ops: Op[] = [];
  for (let left = from.u32(); left > 0; left--) ops.push(decodeOp(from));
  return { revision, ops };
}

function decodeOp(from: ByteReader): Op {
  const kind = from.u8();
  const key = from.text();
  if (kind === remove) return { type: 'delete', key };
  if (kind === put) return { type: 'put', key, value: from.blob() };
  if (kind === putWithLease) return { type: 'put', key, value: from.blob(), lease: from.text() };
  throw new RangeError(`unknown kind of operation ${kind}`);
}
