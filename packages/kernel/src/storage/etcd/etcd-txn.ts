import type { IRequestOp, ITxnRequest, ITxnResponse } from 'etcd3';
import { StoreUnavailableError, type Entry, type Op, type StoreOptions, type Txn, type TxnResult } from '../contract.ts';
import type { Wire } from './wire.ts';

// Numbers of the protocol.
const equal = 0;
const modRevision = 2;

/** One transaction on its way to etcd. */
export class EtcdTxn {
  /** True if carrying it out changes a revision that it compares: a second time it would be refused. */
  readonly guarded: boolean;
  readonly request: ITxnRequest;
  readonly #expected: ReadonlyMap<string, number>;

  constructor(
    private readonly txn: Txn,
    private readonly wire: Wire,
    private readonly stamp: StoreOptions['stamp'],
  ) {
    const expected = new Map(txn.compare.map((compare) => [compare.key, compare.modRevision]));
    this.#expected = expected;
    this.guarded = txn.ops.some((op) => expected.has(op.key) && (op.type === 'put' || expected.get(op.key) !== 0));
    this.request = {
      compare: txn.compare.map((compare) => ({ result: equal, target: modRevision, key: wire.key(compare.key), mod_revision: compare.modRevision })),
      success: txn.ops.map((op) => this.#operation(op)),
      failure: txn.compare.map((compare) => ({ request_range: { key: wire.key(compare.key) } })),
    };
  }

  /**
   * Reads the answer. `repeated`: an earlier attempt may have been carried out. Then a refusal may be the effect of
   * that attempt, and is taken for success if etcd holds exactly what this transaction writes.
   */
  result(response: ITxnResponse, repeated: boolean): TxnResult {
    const revision = Number(response.header.revision);
    if (response.succeeded) return { ok: true, revision, entries: this.txn.ops.map((op, i) => this.#written(op, revision, response.responses[i])) };
    if (repeated) {
      const own = this.#ownEffect(response);
      if (own !== undefined) return own;
    }
    return { ok: false, revision, current: response.responses.map(({ response_range: range }) => this.wire.optional(range.kvs[0])) };
  }

  #operation(op: Op): IRequestOp {
    const key = this.wire.key(op.key);
    if (op.type === 'delete') return { request_delete_range: { key, prev_kv: true } };
    // The previous entry tells version and creation; a key that must not exist has none.
    const fresh = this.#expected.get(op.key) === 0;
    return { request_put: { key, value: op.value, prev_kv: !fresh, ...(op.lease === undefined ? {} : { lease: op.lease }) } };
  }

  #written(op: Op, revision: number, response: ITxnResponse['responses'][number] | undefined): Entry | undefined {
    if (op.type === 'delete') return this.wire.optional(response?.response_delete_range.prev_kvs[0]);
    const previous = response?.response_put.prev_kv;
    const existed = previous !== null && previous !== undefined;
    return this.#entry(op, revision, existed ? Number(previous.create_revision) : revision, existed ? Number(previous.version) + 1 : 1);
  }

  #entry(op: Op & { type: 'put' }, revision: number, createRevision: number, version: number): Entry {
    // Only now: what went over the wire, perhaps more than once, had to stay the same.
    this.stamp?.(op.value, revision);
    const entry = { key: op.key, value: op.value, createRevision, modRevision: revision, version };
    return op.lease === undefined ? entry : { ...entry, lease: op.lease };
  }

  /** The answer that got lost, if what etcd holds now proves it; throws if it can prove neither. */
  #ownEffect(response: ITxnResponse): TxnResult | undefined {
    const now = new Map(this.txn.compare.map(({ key }, i) => [key, response.responses[i]?.response_range.kvs[0]]));
    const moved = this.txn.compare.filter(({ key, modRevision: expected }) => Number(now.get(key)?.mod_revision ?? 0) !== expected);
    const touched = new Set(this.txn.ops.map(({ key }) => key));
    // A comparison of a key that the transaction does not write can only be broken by others; that may still have
    // happened after our own write, so it proves nothing by itself.
    const revisions = new Set(moved.map(({ key }) => Number(now.get(key)?.mod_revision ?? 0)));
    const revision = [...revisions][0];
    const same =
      revision !== undefined &&
      revision !== 0 &&
      revisions.size === 1 &&
      this.txn.ops.every((op) => op.type === 'put' && now.get(op.key)?.value.equals(op.value) === true && Number(now.get(op.key)?.mod_revision) === revision) &&
      moved.every(({ key }) => touched.has(key));
    if (same) {
      const entries = this.txn.ops.map((op) => {
        const kv = now.get(op.key)!;
        return this.#entry(op as Op & { type: 'put' }, revision, Number(kv.create_revision), Number(kv.version));
      });
      return { ok: true, revision, entries };
    }
    // None of the keys it writes has moved, so it was not carried out; nor will it be, as a comparison has failed that
    // cannot come true again: a key may be absent a second time, but never has an old revision again.
    if (moved.every(({ key, modRevision: expected }) => !touched.has(key) && expected !== 0)) return undefined;
    throw new StoreUnavailableError('the connection to etcd was lost during a transaction and its outcome is unknown; read the objects again');
  }
}
