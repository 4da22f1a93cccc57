import { StoreUnavailableError, type Txn } from '../contract.ts';
import { EtcdTxn } from './etcd-txn.ts';
import { failureOf } from './failure.ts';
import type { KeyValue, TxnResponse } from './protocol/responses.ts';
import { Wire } from './wire.ts';

const wire = new Wire('', undefined);
const put = (key: string, value = 'mine'): Txn['ops'][number] => ({ type: 'put', key, value: Buffer.from(value) });
const remove = (key: string): Txn['ops'][number] => ({ type: 'delete', key });
const kv = (key: string, modRevision: number, value = 'mine', version = 1): KeyValue => ({
  key,
  value: Buffer.from(value),
  createRevision: modRevision - version + 1,
  modRevision,
  version,
  lease: '0',
});

/** etcd's refusal, with what it holds for each compared key. */
function refusal(...held: (KeyValue | undefined)[]): TxnResponse {
  return { revision: 50, succeeded: false, responses: held };
}

describe('EtcdTxn', () => {
  it.each<[string, Txn, boolean]>([
    ['creates what it compares', { compare: [{ key: 'a', modRevision: 0 }], ops: [put('a')] }, true],
    ['deletes what it compares', { compare: [{ key: 'a', modRevision: 7 }], ops: [remove('a')] }, true],
    ['deletes what must not be there', { compare: [{ key: 'a', modRevision: 0 }], ops: [remove('a')] }, false],
    ['compares nothing', { compare: [], ops: [put('a')] }, false],
    ['compares something else', { compare: [{ key: 'lock', modRevision: 7 }], ops: [put('a')] }, false],
  ])('knows whether it may be repeated: %s', (_what, txn, guarded) => {
    expect(new EtcdTxn(txn, wire, undefined).guarded).toBe(guarded);
  });

  const create: Txn = { compare: [{ key: 'a', modRevision: 0 }], ops: [put('a')] };

  it('takes a refusal for what it is on the first attempt', () => {
    expect(new EtcdTxn(create, wire, undefined).result(refusal(kv('a', 40)), false)).toMatchObject({ ok: false, current: [{ key: 'a', modRevision: 40 }] });
  });

  it('finds its own effect after a lost answer', () => {
    const result = new EtcdTxn(create, wire, (value, revision) => void value.write(String(revision))).result(refusal(kv('a', 40)), true);
    expect(result).toMatchObject({ ok: true, revision: 40, entries: [{ key: 'a', createRevision: 40, modRevision: 40, version: 1 }] });
    expect(result.ok && result.entries[0]?.value.toString()).toBe('40ne');
  });

  it.each<[string, Txn, TxnResponse]>([
    ['somebody else wrote the key', create, refusal(kv('a', 40, 'theirs'))],
    ['the key is gone', { compare: [{ key: 'a', modRevision: 7 }], ops: [put('a')] }, refusal(undefined)],
    ['it deletes and the key is gone', { compare: [{ key: 'a', modRevision: 7 }], ops: [remove('a')] }, refusal(undefined)],
    [
      'its two keys were written at different revisions',
      { compare: [{ key: 'a', modRevision: 0 }, { key: 'b', modRevision: 0 }], ops: [put('a'), put('b')] },
      refusal(kv('a', 40), kv('b', 41)),
    ],
    [
      'a key that it does not write may be absent again later',
      { compare: [{ key: 'a', modRevision: 7 }, { key: 'lock', modRevision: 0 }], ops: [put('a')] },
      refusal(kv('a', 7, 'old'), kv('lock', 40)),
    ],
  ])('says that the outcome is unknown when %s', (_what, txn, response) => {
    expect(() => new EtcdTxn(txn, wire, undefined).result(response, true)).toThrow(StoreUnavailableError);
  });

  it('knows that it never happened when nothing it writes has moved and what it waits for cannot come back', () => {
    const txn: Txn = { compare: [{ key: 'a', modRevision: 7 }, { key: 'fence', modRevision: 3 }], ops: [put('a')] };
    expect(new EtcdTxn(txn, wire, undefined).result(refusal(kv('a', 7, 'old'), kv('fence', 40)), true)).toMatchObject({ ok: false });
  });
});

describe('failureOf', () => {
  it.each<[number, string, string]>([
    [8, 'etcdserver: too many requests', 'refused'],
    [14, 'etcdserver: no leader', 'refused'],
    [14, 'etcdserver: request timed out', 'unknown'],
    [14, 'etcdserver: leader changed', 'unknown'],
    [11, 'etcdserver: mvcc: required revision has been compacted', 'compacted'],
    [11, 'etcdserver: mvcc: required revision is a future revision', 'future'],
    [5, 'etcdserver: requested lease not found', 'no-lease'],
    [9, 'etcdserver: lease already exists', 'lease-exists'],
    [16, 'etcdserver: invalid auth token', 'token'],
    [7, 'etcdserver: permission denied', 'final'],
    [8, 'etcdserver: mvcc: database space exceeded', 'final'],
    [12, 'unknown service etcdserverpb.KV', 'final'],
  ])('%i %s: %s', (code, message, failure) => {
    expect(failureOf(code, message)).toBe(failure);
  });
});
