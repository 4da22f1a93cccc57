import { StoreUnavailableError, type Entry, type Op, type StoreOptions, type Txn, type TxnResult } from '../contract.ts';
import { txnRequest } from './protocol/requests.ts';
import type { KeyValue, TxnResponse } from './protocol/responses.ts';
import type { Wire } from './wire.ts';

/** One transaction on its way to etcd. */
export class EtcdTxn {
  /** True if carrying it out changes a revision that it compares: a second time it would be refused. */
  readonly guarded: boolean;
  /** For etcd, written once however often it is sent. */
  readonly request: Buffer;

  constructor(
    private readonly txn: Txn,
    private readonly wire: Wire,
    private readonly stamp: StoreOptions['stamp'],
  ) {
    const expected = new Map(txn.compare.map((compare) => [compare.key, compare.modRevision]));
    this.guarded = txn.ops.some((op) => expected.has(op.key) && (op.type === 'put' || expected.get(op.key) !== 0));
    this.request = txnRequest(txn, (key) => wire.key(key));
  }

  /**
   * Reads the answer. `repeated`: an earlier attempt may have been carried out. Then a refusal may be the effect of
   * that attempt, and is taken for success if etcd holds exactly what this transaction writes.
   */
  result(response: TxnResponse, repeated: boolean): TxnResult {
    const { revision } = response;
    if (response.succeeded) return { ok: true, revision, entries: this.txn.ops.map((op, i) => this.#written(op, revision, response.responses[i])) };
    if (repeated) {
      const own = this.#ownEffect(response);
      if (own !== undefined) return own;
    }
    return { ok: false, revision, current: this.txn.compare.map((_compare, i) => this.wire.optional(response.responses[i])) };
  }

  /** `found`: what the operation replaced or deleted. */
  #written(op: Op, revision: number, found: KeyValue | undefined): Entry | undefined {
    if (op.type === 'delete') return this.wire.optional(found);
    return this.#entry(op, revision, found?.createRevision ?? revision, (found?.version ?? 0) + 1);
  }

  #entry(op: Op & { type: 'put' }, revision: number, createRevision: number, version: number): Entry {
    // Only now: what went over the wire, perhaps more than once, had to stay the same.
    this.stamp?.(op.value, revision);
    const entry = { key: op.key, value: op.value, createRevision, modRevision: revision, version };
    return op.lease === undefined ? entry : { ...entry, lease: op.lease };
  }

  /** The answer that got lost, if what etcd holds now proves it; throws if it can prove neither. */
  #ownEffect(response: TxnResponse): TxnResult | undefined {
    const now = new Map(this.txn.compare.map(({ key }, i) => [key, response.responses[i]]));
    const moved = this.txn.compare.filter(({ key, modRevision: expected }) => (now.get(key)?.modRevision ?? 0) !== expected);
    const touched = new Set(this.txn.ops.map(({ key }) => key));
    // A comparison of a key that the transaction does not write can only be broken by others; that may still have
    // happened after our own write, so it proves nothing by itself.
    const revisions = new Set(moved.map(({ key }) => (now.get(key)?.modRevision ?? 0)));
    const revision = [...revisions][0];
    const same =
      revision !== undefined &&
      revision !== 0 &&
      revisions.size === 1 &&
      this.txn.ops.every((op) => op.type === 'put' && now.get(op.key)?.value.equals(op.value) === true && now.get(op.key)?.modRevision === revision) &&
      moved.every(({ key }) => touched.has(key));
    if (same) {
      const entries = this.txn.ops.map((op) => {
        const kv = now.get(op.key)!;
        return this.#entry(op as Op & { type: 'put' }, revision, kv.createRevision, kv.version);
      });
      return { ok: true, revision, entries };
    }
    // None of the keys it writes has moved, so it was not carried out; nor will it be, as a comparison has failed that
    // cannot come true again: a key may be absent a second time, but never has an old revision again.
    if (moved.every(({ key, modRevision: expected }) => !touched.has(key) && expected !== 0)) return undefined;
    throw new StoreUnavailableError('the connection to etcd was lost during a transaction and its outcome is unknown; read the objects again');
  }
}
