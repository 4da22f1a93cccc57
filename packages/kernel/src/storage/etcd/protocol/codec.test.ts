import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { MalformedMessageError } from './message-reader.ts';
import { MessageWriter } from './message-writer.ts';
import { authenticateRequest, compactionRequest, leaseGrantRequest, leaseRequest, rangeRequest, txnRequest, watchCreateRequest } from './requests.ts';
import { authenticateResponse, leaseResponse, rangeResponse, revisionOf, txnResponse, watchResponse, type KeyValue } from './responses.ts';

/** The parts of protobufjs that are used here. */
interface MessageType {
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): Record<string, unknown>;
}

// etcd's own definitions, read by another implementation of protobuf: what both sides say must be the same.
const library = createRequire(join(process.cwd(), 'tools/bench/api/etcd-baseline.ts'));
const folder = join(dirname(library.resolve('etcd3/package.json')), 'proto');
const { Root } = createRequire(createRequire(library.resolve('etcd3')).resolve('@grpc/proto-loader'))('protobufjs') as {
  readonly Root: new () => { loadSync(path: string, options: object): { lookupType(name: string): MessageType } };
};
const root = new Root().loadSync(join(folder, 'rpc.proto'), { keepCase: true });
const type = (name: string): MessageType => root.lookupType(`etcdserverpb.${name}`);

/** Checks gRPC's head and reads the rest by the other implementation; numbers as digits, bytes as text. */
function read(name: string, frame: Buffer): unknown {
  expect(frame[0]).toBe(0);
  expect(frame.readUInt32BE(1)).toBe(frame.length - 5);
  return texts(type(name).toObject(type(name).decode(frame.subarray(5)), { longs: String, enums: Number }));
}

function texts(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (Array.isArray(value)) return value.map(texts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, texts(one)]));
}

const write = (name: string, message: object): Buffer => Buffer.from(type(name).encode(message).finish());
/** As proto3 leaves them out; a text may well be the digit. */
const texted: ReadonlySet<string> = new Set(['key', 'value', 'range_end', 'name', 'password']);
const noZeros = (fields: Record<string, unknown>): unknown =>
  Object.fromEntries(Object.entries(fields).filter(([field, value]) => (value !== '0' || texted.has(field)) && value !== '' && value !== 0 && value !== false));

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const count = fc.maxSafeNat();
// The other implementation knows no whole numbers beyond doubles.
const lease = fc.maxSafeNat().map(String);
const bytes = fc.string({ maxLength: 3000 });

describe('requests', () => {
  it('say of a range what etcd understands', () => {
    fc.assert(
      fc.property(text, text, count, count, fc.boolean(), fc.boolean(), fc.boolean(), fc.boolean(), (key, end, limit, revision, reverse, serializable, keysOnly, countOnly) => {
        const expected = noZeros({ key, range_end: end, limit: String(limit), revision: String(revision), sort_order: reverse ? 2 : 0, serializable, keys_only: keysOnly, count_only: countOnly });
        expect(read('RangeRequest', rangeRequest({ key, end, limit, revision, reverse, serializable, keysOnly, countOnly }))).toEqual(expected);
      }),
    );
  });

  it('say of a transaction what etcd understands', () => {
    const op = fc.oneof(
      fc.record({ type: fc.constant('put' as const), key: text, value: bytes.map((value) => Buffer.from(value)), lease: fc.option(lease, { nil: undefined }) }, { requiredKeys: ['type', 'key', 'value'] }),
      fc.record({ type: fc.constant('delete' as const), key: text }),
    );
    fc.assert(
      fc.property(fc.array(fc.record({ key: text, modRevision: count }), { maxLength: 4 }), fc.array(op, { maxLength: 4 }), (compare, ops) => {
        const absent = new Set(compare.filter(({ modRevision }) => modRevision === 0).map(({ key }) => key));
        const requests = ops.map((one) =>
          one.type === 'delete'
            ? { request_delete_range: noZeros({ key: `/p${one.key}`, prev_kv: true }) }
            : { request_put: noZeros({ key: `/p${one.key}`, value: one.value.toString(), lease: one.lease ?? '0', prev_kv: !absent.has(one.key) }) },
        );
        const txn = { compare, ops: ops.map((one) => (one.type === 'put' && one.lease === undefined ? { type: one.type, key: one.key, value: one.value } : one)) } as Parameters<typeof txnRequest>[0];
        const expected = {
          ...(compare.length === 0 ? {} : { compare: compare.map(({ key, modRevision }) => ({ target: 2, key: `/p${key}`, mod_revision: String(modRevision) })) }),
          ...(ops.length === 0 ? {} : { success: requests }),
          ...(compare.length === 0 ? {} : { failure: compare.map(({ key }) => ({ request_range: { key: `/p${key}` } })) }),
        };
        expect(read('TxnRequest', txnRequest(txn, (key) => `/p${key}`))).toEqual(expected);
      }),
    );
  });

  it('say of watches, leases, compactions and users what etcd understands', () => {
    fc.assert(
      fc.property(text, text, count, lease, (one, two, number, id) => {
        expect(read('WatchRequest', watchCreateRequest({ key: one, end: two }, number))).toEqual({
          create_request: noZeros({ key: one, range_end: two, start_revision: String(number), progress_notify: true, prev_kv: true }),
        });
        expect(read('LeaseGrantRequest', leaseGrantRequest(id, number))).toEqual(noZeros({ TTL: String(number), ID: id }));
        expect(read('LeaseRevokeRequest', leaseRequest(id))).toEqual(noZeros({ ID: id }));
        expect(read('LeaseKeepAliveRequest', leaseRequest(id))).toEqual(noZeros({ ID: id }));
        expect(read('CompactionRequest', compactionRequest(number))).toEqual(noZeros({ revision: String(number) }));
        expect(read('AuthenticateRequest', authenticateRequest({ username: one, password: two }))).toEqual(noZeros({ name: one, password: two }));
      }),
    );
  });

  it.each(['9223372036854775807', '2305843009213693697', '-1', '-9223372036854775808'])('keep all 64 bits of a lease id: %s', (id) => {
    const asBigInt = new BigInt64Array([BigInt(id)]);
    const out = leaseRequest(id).subarray(5);
    let value = 0n;
    for (let i = out.length - 1; i > 0; i--) value = (value << 7n) | BigInt(out[i]! & 127);
    expect(BigInt.asIntN(64, value)).toBe(asBigInt[0]);
    // A lease in an entry is field 6, in this request field 1; inside kvs of a range.
    const kv = Buffer.concat([Buffer.from([0x30]), out.subarray(1)]);
    expect(rangeResponse(Buffer.concat([Buffer.from([0x12, kv.length]), kv])).kvs[0]!.lease).toBe(id);
  });

  it('grow beyond the expected size', () => {
    const out = new MessageWriter(4);
    out.text(6, `${'é'.repeat(100)}${'x'.repeat(5000)}`);
    expect(read('WatchResponse', out.frame())).toEqual({ cancel_reason: 'é'.repeat(100) + 'x'.repeat(5000) });
  });
});

describe('answers', () => {
  const kv = fc.record({ key: text, value: bytes.map((value) => Buffer.from(value)), create_revision: count, mod_revision: count, version: count, lease });
  type Sent = typeof kv extends fc.Arbitrary<infer T> ? T : never;
  const header = (revision: number): object => ({ cluster_id: '17237436991929493444', member_id: '9372538179322589801', revision, raft_term: 7 });
  const got = ({ key, value, create_revision, mod_revision, version, lease: id }: Sent, withValue = true): KeyValue => ({
    key, value: withValue ? value : Buffer.alloc(0), createRevision: create_revision, modRevision: mod_revision, version, lease: id,
  });
  /** A Buffer with another pool behind it is as good. */
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_key, one: unknown) => one ?? null)) as unknown;

  it('are read as etcd means them: ranges', () => {
    fc.assert(
      fc.property(fc.array(kv, { maxLength: 5 }), count, count, fc.boolean(), (kvs, revision, total, more) => {
        const answer = rangeResponse(write('RangeResponse', { header: header(revision), kvs: kvs.map(sent), more, count: total }));
        expect(plain(answer)).toEqual(plain({ revision, kvs: kvs.map((one) => got(one)), more, count: total }));
      }),
    );
  });

  it('are read as etcd means them: transactions', () => {
    fc.assert(
      fc.property(kv, kv, kv, fc.boolean(), count, (a, b, c, succeeded, revision) => {
        const responses = [
          { response_range: { kvs: [sent(a)], count: 1 } },
          { response_range: {} },
          { response_put: { header: header(3), prev_kv: sent(b) } },
          { response_put: {} },
          { response_delete_range: { deleted: 1, prev_kvs: [sent(c)] } },
          { response_delete_range: {} },
        ];
        const answer = txnResponse(write('TxnResponse', { header: header(revision), succeeded, responses }));
        expect(plain(answer)).toEqual(plain({ revision, succeeded, responses: [got(a), undefined, got(b, false), undefined, got(c), undefined] }));
      }),
    );
  });

  it('are read as etcd means them: watches', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ put: fc.boolean(), kv, prev_kv: fc.option(kv) }), { maxLength: 4 }), count, fc.boolean(), fc.boolean(), text, (events, revision, created, canceled, reason) => {
        const message = { header: header(revision), watch_id: 3, created, canceled, compact_revision: revision, cancel_reason: reason, events: events.map((one) => ({ type: one.put ? 0 : 1, kv: sent(one.kv), ...(one.prev_kv === null ? {} : { prev_kv: sent(one.prev_kv) }) })) };
        const expected = events.map((one) => ({ type: one.put ? 'put' : 'delete', kv: got(one.kv), previous: one.prev_kv === null ? undefined : got(one.prev_kv) }));
        expect(plain(watchResponse(write('WatchResponse', message)))).toEqual(plain({ revision, created, canceled, compactRevision: revision, cancelReason: reason, events: expected }));
      }),
    );
  });

  it('are read as etcd means them: leases, users and the rest', () => {
    fc.assert(
      fc.property(count, text, lease, (number, token, ID) => {
        expect(leaseResponse(write('LeaseGrantResponse', { header: header(1), ID, TTL: number }))).toEqual({ ttlSeconds: number });
        expect(leaseResponse(write('LeaseKeepAliveResponse', { header: header(1), ID, TTL: number }))).toEqual({ ttlSeconds: number });
        expect(revisionOf(write('LeaseRevokeResponse', { header: header(number) }))).toBe(number);
        expect(authenticateResponse(write('AuthenticateResponse', { header: header(1), token }))).toBe(token);
      }),
    );
  });

  it('are refused when they are cut off, and never read beyond their end', () => {
    const whole = write('WatchResponse', { header: header(5), events: [{ kv: { key: Buffer.from('key'), value: Buffer.from('value'), mod_revision: 9 } }] });
    const cuts = Array.from({ length: whole.length - 1 }, (_, i) => whole.subarray(0, i + 1)).filter((part) => {
      try {
        watchResponse(part);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessageError);
        return false;
      }
    });
    // Only a cut between two fields leaves a message.
    expect(cuts.length).toBe(1);
    expect(() => rangeResponse(Buffer.from([0x0b]))).toThrow(MalformedMessageError);
    expect(() => rangeResponse(Buffer.alloc(20, 0xff))).toThrow(MalformedMessageError);
  });

  const sent = ({ key, ...rest }: Sent): object => ({ key: Buffer.from(key), ...rest });
});
