// Tags (`number << 3 | type`) are those of etcd's rpc.proto and kv.proto, without compression. Unknown fields are skipped.
import { MessageReader } from './message-reader.ts';

/** A key as etcd sends it. `value` is a view of the message it came in. */
export interface KeyValue {
  readonly key: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
  readonly value: Buffer;
  /** `'0'`: none. */
  readonly lease: string;
}

export interface RangeResponse {
  readonly revision: number;
  readonly kvs: readonly KeyValue[];
  readonly more: boolean;
  readonly count: number;
}

export interface TxnResponse {
  readonly revision: number;
  readonly succeeded: boolean;
  /** Per operation: what a read found, what a put replaced, what a delete removed; all of them concern one key here. */
  readonly responses: readonly (KeyValue | undefined)[];
}

export interface WatchEvent {
  readonly type: 'put' | 'delete';
  readonly kv: KeyValue;
  readonly previous: KeyValue | undefined;
}

export interface WatchResponse {
  readonly revision: number;
  readonly created: boolean;
  readonly canceled: boolean;
  /** Not 0: the watch was cancelled because its revisions are compacted. */
  readonly compactRevision: number;
  readonly cancelReason: string;
  readonly events: readonly WatchEvent[];
}

export interface LeaseResponse {
  /** Seconds; 0 from a renewal: the lease has ended. */
  readonly ttlSeconds: number;
}

const none: readonly never[] = [];
const empty: Buffer = Buffer.alloc(0);

/** `RangeResponse`. */
export function rangeResponse(message: Buffer): RangeResponse {
  const reader = new MessageReader(message);
  let revision = 0;
  let more = false;
  let count = 0;
  const kvs: KeyValue[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) revision = header(reader);
    else if (tag === 0x12) kvs.push(keyValue(reader, true));
    else if (tag === 0x18) more = reader.flag();
    else if (tag === 0x20) count = reader.int();
    else reader.skip(tag);
  }
  return { revision, kvs, more, count };
}

/** `TxnResponse`. */
export function txnResponse(message: Buffer): TxnResponse {
  const reader = new MessageReader(message);
  let revision = 0;
  let succeeded = false;
  const responses: (KeyValue | undefined)[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) revision = header(reader);
    else if (tag === 0x10) succeeded = reader.flag();
    else if (tag === 0x1a) responses.push(responseOp(reader));
    else reader.skip(tag);
  }
  return { revision, succeeded, responses };
}

/** A range, put or delete: in all three the entries (or the only one) are what matters. */
function responseOp(reader: MessageReader): KeyValue | undefined {
  const end = reader.enter();
  let found: KeyValue | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    // response_range: kvs is 2; response_put: prev_kv is 2, its value wanted by nobody; response_delete_range: prev_kvs is 3.
    if (tag === 0x0a) found = first(reader, 0x12, true);
    else if (tag === 0x12) found = first(reader, 0x12, false);
    else if (tag === 0x1a) found = first(reader, 0x1a, true);
    else reader.skip(tag);
  }
  reader.leave(end);
  return found;
}

function first(reader: MessageReader, wanted: number, withValue: boolean): KeyValue | undefined {
  const end = reader.enter();
  let found: KeyValue | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === wanted && found === undefined) found = keyValue(reader, withValue);
    else reader.skip(tag);
  }
  reader.leave(end);
  return found;
}

/** `WatchResponse`. */
export function watchResponse(message: Buffer): WatchResponse {
  const reader = new MessageReader(message);
  let revision = 0;
  let created = false;
  let canceled = false;
  let compactRevision = 0;
  let cancelReason = '';
  let events: WatchEvent[] | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) revision = header(reader);
    else if (tag === 0x18) created = reader.flag();
    else if (tag === 0x20) canceled = reader.flag();
    else if (tag === 0x28) compactRevision = reader.int();
    else if (tag === 0x32) cancelReason = reader.text();
    else if (tag === 0x5a) (events ??= []).push(watchEvent(reader));
    else reader.skip(tag);
  }
  return { revision, created, canceled, compactRevision, cancelReason, events: events ?? none };
}

function watchEvent(reader: MessageReader): WatchEvent {
  const end = reader.enter();
  let type: WatchEvent['type'] = 'put';
  let kv: KeyValue = noKeyValue;
  let previous: KeyValue | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x08) type = reader.int() === 0 ? 'put' : 'delete';
    else if (tag === 0x12) kv = keyValue(reader, true);
    else if (tag === 0x1a) previous = keyValue(reader, true);
    else reader.skip(tag);
  }
  reader.leave(end);
  return { type, kv, previous };
}

const noKeyValue: KeyValue = { key: '', createRevision: 0, modRevision: 0, version: 0, value: empty, lease: '0' };

function keyValue(reader: MessageReader, withValue: boolean): KeyValue {
  const end = reader.enter();
  let key = '';
  let createRevision = 0;
  let modRevision = 0;
  let version = 0;
  let value = empty;
  let lease = '0';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) key = reader.text();
    else if (tag === 0x10) createRevision = reader.int();
    else if (tag === 0x18) modRevision = reader.int();
    else if (tag === 0x20) version = reader.int();
    else if (tag === 0x2a && withValue) value = reader.bytes();
    else if (tag === 0x30) lease = reader.decimal();
    else reader.skip(tag);
  }
  reader.leave(end);
  return { key, createRevision, modRevision, version, value, lease };
}

/** `LeaseGrantResponse` and `LeaseKeepAliveResponse`. */
export function leaseResponse(message: Buffer): LeaseResponse {
  const reader = new MessageReader(message);
  let ttlSeconds = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x18) ttlSeconds = reader.int();
    else reader.skip(tag);
  }
  return { ttlSeconds };
}

/** The revision in the header of an answer of which nothing else matters. */
export function revisionOf(message: Buffer): number {
  const reader = new MessageReader(message);
  let revision = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x0a) revision = header(reader);
    else reader.skip(tag);
  }
  return revision;
}

/** `AuthenticateResponse`: the token. */
export function authenticateResponse(message: Buffer): string {
  const reader = new MessageReader(message);
  let token = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x12) token = reader.text();
    else reader.skip(tag);
  }
  return token;
}

function header(reader: MessageReader): number {
  const end = reader.enter();
  let revision = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 0x18) revision = reader.int();
    else reader.skip(tag);
  }
  reader.leave(end);
  return revision;
}
