import { storageContract } from '../contract-suite.ts';
import { CompactedError, prefixEnd, SlowWatcherError, StoreUnavailableError, type ForkableStore, type StoreError, type TxnResult } from '../contract.ts';
import { ManualClock } from '../manual-clock.ts';
import { openMemoryStore } from './memory-store.ts';

storageContract(
  'memory',
  async () => {
    const clock = new ManualClock();
    const store = openMemoryStore({ clock });
    return { store, advance: (ms) => clock.advance(ms), close: () => store.close() };
  },
  { runs: 100 },
);

const all = { start: 'a', end: 'z' };
const put = (store: ForkableStore, key: string, text: string, lease?: string): Promise<TxnResult> =>
  store.txn({ compare: [], ops: [{ type: 'put', key, value: Buffer.from(text), ...(lease === undefined ? {} : { lease }) }] });
const texts = async (store: ForkableStore, revision = 0): Promise<string[]> => (await store.range({ ...all, revision })).entries.map((entry) => `${entry.key}=${entry.value.toString()}`);

describe('memory store', () => {
  const clock = new ManualClock();

  it('begins at revision 1, empty, readable and watchable from there', async () => {
    const store = openMemoryStore({ clock });
    expect(store.revision).toBe(1);
    expect(await store.range({ ...all, revision: 1 })).toEqual({ entries: [], more: false, count: 0, revision: 1 });
    const seen: number[] = [];
    store.watch({ ...all, fromRevision: 1 }, { batch: (batch) => seen.push(batch.revision), end: fail });
    await put(store, 'a', '1');
    expect(seen).toEqual([2]);
  });

  it('forks into independent stores that share the past', async () => {
    const parent = openMemoryStore({ clock });
    for (let i = 0; i < 600; i++) await put(parent, `k${i % 50}`, String(i));
    const then = await texts(parent);
    const fork = parent.fork();
    expect(fork.revision).toBe(parent.revision);
    await put(parent, 'only-parent', 'x');
    await put(fork, 'only-fork', 'x');
    await put(fork, 'k1', 'y');
    expect(await texts(parent)).toEqual([...then, 'only-parent=x']);
    expect((await fork.get('only-parent'))?.value).toBeUndefined();
    expect(await texts(fork, parent.revision - 1)).toEqual(then);
    expect(await texts(fork, 300)).toEqual(await texts(parent, 300));
    const seen: number[] = [];
    fork.watch({ ...all, fromRevision: 590 }, { batch: (batch) => seen.push(batch.revision), end: fail });
    await Promise.resolve();
    expect(seen).toEqual(Array.from({ length: fork.revision - 589 }, (_, i) => 590 + i));
  });

  it('takes leases over into a fork with the time they have left, on the clock of the fork', async () => {
    const mine = new ManualClock();
    const theirs = new ManualClock();
    const parent = openMemoryStore({ clock: mine });
    const { id } = await parent.grantLease(10);
    await put(parent, 'k', '1', id);
    mine.advance(6000);
    const fork = parent.fork({ clock: theirs });
    mine.advance(100_000);
    await Promise.resolve();
    expect(await parent.get('k')).toBeUndefined();
    theirs.advance(3999);
    expect(await fork.get('k')).toBeDefined();
    theirs.advance(1);
    expect(await fork.get('k')).toBeUndefined();
    expect(theirs.pending + mine.pending).toBe(0);
  });

  it('keeps at least the newest revisions, and younger ones, within the hard bounds', async () => {
    const time = new ManualClock();
    const store = openMemoryStore({ clock: time, history: { minRevisions: 1000, minAgeMs: 60_000, maxRevisions: 4000 } });
    for (let i = 0; i < 3000; i++) await put(store, 'k', String(i));
    expect(store.compactedRevision).toBe(0);
    time.advance(60_001);
    for (let i = 0; i < 256; i++) await put(store, 'k', String(i));
    const kept = store.revision - store.compactedRevision;
    expect(kept).toBeGreaterThanOrEqual(1000);
    expect(kept).toBeLessThan(1000 + 2 * 256);
    for (let i = 0; i < 10_000; i++) await put(store, 'k', String(i));
    expect(store.revision - store.compactedRevision).toBeLessThanOrEqual(4000);
    expect((await texts(store, store.compactedRevision)).length).toBe(1);
    await expect(texts(store, store.compactedRevision - 1)).rejects.toThrow(CompactedError);
  });

  it('bounds the bytes of superseded values', async () => {
    const store = openMemoryStore({ clock, history: { maxBytes: 1 << 20 } });
    for (let i = 0; i < 3000; i++) await store.txn({ compare: [], ops: [{ type: 'put', key: 'k', value: Buffer.alloc(4096) }] });
    expect((store.revision - store.compactedRevision) * 4096).toBeLessThan((1 << 20) + 257 * 4400);
  });

  it('reads old revisions across checkpoints', async () => {
    const store = openMemoryStore({ clock });
    for (let i = 0; i < 20_000; i++) await put(store, `k${i % 7}`, String(i));
    for (const revision of [9000, 2 + 8192, 8192, 19_999]) {
      expect(await texts(store, revision)).toEqual([...Array(7).keys()].map((k) => `k${k}=${lastBefore(revision - 2, k)}`));
    }
    function lastBefore(i: number, k: number): number {
      while (i % 7 !== k) i--;
      return i;
    }
  });

  it('closes a watch that falls behind instead of buffering', async () => {
    const store = openMemoryStore({ clock });
    const seen: number[] = [];
    let ended: StoreError | undefined;
    store.watch({ ...all, maxBacklog: 10 }, { batch: (batch) => seen.push(batch.revision), end: (error) => (ended = error) });
    const writes = Array.from({ length: 11 }, (_, i) => put(store, `k${i}`, 'x'));
    await Promise.all(writes);
    expect(ended).toBeInstanceOf(SlowWatcherError);
    expect(seen).toEqual([]);
  });

  it('calls sinks in microtasks after the transaction is settled, never inside it', async () => {
    const store = openMemoryStore({ clock });
    const order: string[] = [];
    store.watch(all, { batch: () => order.push('batch'), progress: (revision) => order.push(`progress ${revision}`), end: fail });
    await Promise.resolve();
    order.length = 0;
    const write = put(store, 'k', '1');
    order.push('returned');
    await write;
    expect(order).toEqual(['returned', 'batch', 'progress 2']);
  });

  it('isolates a sink that throws', async () => {
    const store = openMemoryStore({ clock });
    let ended: StoreError | undefined;
    const seen: number[] = [];
    store.watch(all, {
      batch: () => {
        throw new Error('bug');
      },
      end: (error) => (ended = error),
    });
    store.watch(all, { batch: (batch) => seen.push(batch.revision), end: fail });
    await put(store, 'k', '1');
    expect(ended).toBeInstanceOf(StoreUnavailableError);
    expect(seen).toEqual([2]);
  });

  it('stamps each value once, with its revision, before anybody reads it', async () => {
    const stamps: [string, number][] = [];
    const store = openMemoryStore({
      clock,
      stamp: (value, revision) => {
        stamps.push([value.toString(), revision]);
        value.write(String(revision));
      },
    });
    await put(store, 'k', '_ text');
    await put(store, 'k', '_ more');
    expect(stamps).toEqual([['_ text', 2], ['_ more', 3]]);
    expect(await texts(store, 2)).toEqual(['k=2 text']);
    expect(await texts(store)).toEqual(['k=3 more']);
  });

  it('changes nothing when the stamp throws', async () => {
    const store = openMemoryStore({
      clock,
      stamp: (value) => {
        if (value.toString() === 'bad') throw new Error('no place for it');
      },
    });
    await expect(store.txn({ compare: [], ops: [{ type: 'put', key: 'a', value: Buffer.from('good') }, { type: 'put', key: 'b', value: Buffer.from('bad') }] })).rejects.toThrow('no place');
    expect(await texts(store)).toEqual([]);
    expect(store.revision).toBe(1);
  });
});

describe('prefixEnd', () => {
  it.each([['/a/', '/a0'], ['a\u007f', 'b'], ['\u007f', '\u{10ffff}']])('of %j is %j', (prefix, end) => {
    expect(prefixEnd(prefix)).toBe(end);
  });
});

function fail(error: StoreError): void {
  throw error;
}
