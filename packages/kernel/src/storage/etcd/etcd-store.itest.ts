import { performance } from 'node:perf_hooks';
import type { Clock } from '@keelson/sdk';
import { describeWith, findProgram, program } from '../../../../../tools/jest/require-part.ts';
import { storageContract } from '../contract-suite.ts';
import { CompactedError, InvalidRequestError, prefixEnd, StoreUnavailableError, type Store, type StoreError, type TxnResult, type WatchBatch } from '../contract.ts';
import { EtcdProcesses } from './etcd-process.ts';
import { openEtcdStore, type EtcdStoreOptions } from './etcd-store.ts';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
const open = (cluster: EtcdProcesses, more: Partial<EtcdStoreOptions> = {}): Promise<Store> => openEtcdStore({ endpoints: cluster.endpoints, clock, ...more });
const put = (store: Store, key: string, text: string | Buffer, modRevision?: number): Promise<TxnResult> =>
  store.txn({ compare: modRevision === undefined ? [] : [{ key, modRevision }], ops: [{ type: 'put', key, value: Buffer.from(text) }] });
const all = (prefix: string): { start: string; end: string } => ({ start: prefix, end: prefixEnd(prefix) });
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
async function eventually(condition: () => boolean, what: string, ms = 20_000): Promise<void> {
  for (const end = performance.now() + ms; !condition(); await pause(20)) if (performance.now() > end) throw new Error(`gave up waiting until ${what}`);
}

describeWith(program('etcd'))('etcd driver', () => {
  describe.each([1, 3])('with %i members', (members) => {
    let cluster: EtcdProcesses;
    beforeAll(async () => {
      cluster = await EtcdProcesses.start(findProgram('etcd')!, members);
    }, 60_000);
    afterAll(() => cluster.stop());

    storageContract(`etcd, ${members} members`, async () => {
      let store = await open(cluster);
      return {
        store,
        reopen: async () => {
          await store.close();
          store = await open(cluster);
          return store;
        },
        close: () => store.close(),
      };
    });
  });

  describe('a single member', () => {
    let cluster: EtcdProcesses;
    beforeAll(async () => {
      cluster = await EtcdProcesses.start(findProgram('etcd')!, 1);
    }, 60_000);
    afterAll(() => cluster.stop());

    it('reads more than the default receive limit of 4 MiB', async () => {
      const store = await open(cluster);
      for (let i = 0; i < 8; i++) await put(store, `/large/${i}`, Buffer.alloc(1_000_000, i));
      expect((await store.range(all('/large/'))).entries.map((entry) => entry.value.length)).toEqual(Array(8).fill(1_000_000));
      await store.close();
    });

    it('says what is wrong with requests that etcd refuses for their size', async () => {
      const store = await open(cluster);
      await expect(put(store, '/big', Buffer.alloc(3_000_000))).rejects.toThrow(InvalidRequestError);
      const ops = Array.from({ length: 200 }, (_, i) => ({ type: 'put' as const, key: `/many/${i}`, value: Buffer.from('x') }));
      await expect(store.txn({ compare: [], ops })).rejects.toThrow(/--max-txn-ops/);
      await store.close();
    });

    it('keeps out of the way of others under a prefix, and still hears of progress', async () => {
      const [mine, other] = [await open(cluster, { prefix: '/mine' }), await open(cluster)];
      const seen: WatchBatch[] = [];
      let progressed = 0;
      mine.watch(all('/k'), { batch: (batch) => seen.push(batch), progress: (revision) => (progressed = revision), end: () => undefined });
      await put(mine, '/k1', 'a');
      await put(other, '/k2', 'b');
      const last = await put(mine, '/k3', 'c');
      await eventually(() => progressed >= last.revision, 'progress');
      expect(seen.map(({ events }) => events.map((event) => (event.type === 'put' ? event.entry.key : '')))).toEqual([['/k1'], ['/k3']]);
      expect((await other.get('/mine/k1'))?.value.toString()).toBe('a');
      expect((await mine.range({ start: '\0', end: '\u{10ffff}' })).count).toBe(2);
      await Promise.all([mine.close(), other.close()]);
    });

    it('stamps what it decodes and what it wrote, not what it sends', async () => {
      const store = await open(cluster, { stamp: (value, revision) => void value.write(String(revision).padStart(8, '0')) });
      const plain = await open(cluster);
      const result = await put(store, '/stamped', '________ text');
      const stamped = `${String(result.revision).padStart(8, '0')} text`;
      expect(result.ok && result.entries[0]?.value.toString()).toBe(stamped);
      expect((await store.get('/stamped'))?.value.toString()).toBe(stamped);
      expect((await plain.get('/stamped'))?.value.toString()).toBe('________ text');
      await Promise.all([store.close(), plain.close()]);
    });

    it('goes on after the server was killed: watches without gap or duplicate, writes at once', async () => {
      const store = await open(cluster);
      const seen: WatchBatch[] = [];
      const old: WatchBatch[] = [];
      const ended: StoreError[] = [];
      const first = await put(store, '/restart/first', 'x');
      store.watch(all('/restart/'), { batch: (batch) => seen.push(batch), end: (error) => ended.push(error) });
      // Starts before what the driver remembers, so it has a stream of its own.
      store.watch({ ...all('/restart/'), fromRevision: first.revision }, { batch: (batch) => old.push(batch), end: (error) => ended.push(error) });
      await put(store, '/restart/before', 'x');
      await cluster.kill(0);
      const during = put(store, '/restart/during', 'x', 0);
      await pause(1500);
      const restarted = performance.now();
      cluster.run(0);
      expect((await during).ok).toBe(true);
      const waited = performance.now() - restarted;
      for (let i = 0; i < 5; i++) expect((await put(store, `/restart/after-${i}`, 'x')).ok).toBe(true);
      await eventually(() => seen.length >= 7 && old.length >= 8, 'the watches went on');
      const names = (batches: readonly WatchBatch[]): string[] => batches.flatMap(({ events }) => events.map((event) => (event.type === 'put' ? event.entry.key.slice(9) : '')));
      expect(names(seen)).toEqual(['before', 'during', 'after-0', 'after-1', 'after-2', 'after-3', 'after-4']);
      expect(names(old)).toEqual(['first', ...names(seen)]);
      expect(ended).toEqual([]);
      // Start of etcd included; the library's own circuit breaker would keep writes out for 5 s and more.
      expect(waited).toBeLessThan(5000);
      await store.close();
    }, 60_000);

    it('ends watches with CompactedError when somebody else compacted their revisions', async () => {
      const store = await open(cluster);
      const other = await open(cluster);
      const at = (await put(store, '/gone/a', 'x')).revision;
      await put(store, '/gone/a', 'y');
      const last = (await put(store, '/gone/a', 'y')).revision;
      await put(store, '/gone/a', 'z');
      await other.compact(last);
      const ended: StoreError[] = [];
      store.watch({ ...all('/gone/'), fromRevision: at }, { batch: () => undefined, end: (error) => ended.push(error) });
      await eventually(() => ended.length > 0, 'the watch ended');
      expect(ended[0]).toBeInstanceOf(CompactedError);
      expect((ended[0] as CompactedError).compacted).toBe(last);
      expect(store.compactedRevision).toBe(last);
      await expect(store.range({ ...all('/gone/'), revision: at - 1 })).rejects.toThrow(CompactedError);
      await Promise.all([store.close(), other.close()]);
    });

    it('says within its time that nobody answers', async () => {
      await expect(openEtcdStore({ endpoints: ['http://127.0.0.1:1'], clock, requestMs: 500 })).rejects.toThrow(StoreUnavailableError);
    });
  });

  it('survives the loss of the leader under load: no acknowledged write lost, none doubled, watches complete', async () => {
    const cluster = await EtcdProcesses.start(findProgram('etcd')!, 3);
    try {
      const store = await open(cluster);
      const seen: WatchBatch[] = [];
      const ended: StoreError[] = [];
      store.watch(all('/load/'), { batch: (batch) => seen.push(batch), end: (error) => ended.push(error) });
      const acknowledged = new Map<string, number>();
      const failed: unknown[] = [];
      let stop = false;
      let next = 0;
      const client = async (): Promise<void> => {
        while (!stop) {
          const key = `/load/${next++}`;
          try {
            const result = await put(store, key, key, 0);
            if (result.ok) acknowledged.set(key, result.revision);
            else failed.push(new Error(`${key} was there already`));
          } catch (error) {
            failed.push(error);
          }
        }
      };
      const clients = Array.from({ length: 20 }, client);
      for (let round = 0; round < 2; round++) {
        await pause(1500);
        const leader = await cluster.leader();
        await cluster.kill(leader);
        const before = acknowledged.size;
        await eventually(() => acknowledged.size > before + 200, 'writes went on without the leader');
        cluster.run(leader);
      }
      await pause(1000);
      stop = true;
      await Promise.all(clients);
      expect(failed.map(String)).toEqual([]);
      expect(acknowledged.size).toBeGreaterThan(1000);
      const { entries } = await store.range(all('/load/'));
      expect(new Map(entries.map((entry) => [entry.key, entry.modRevision]))).toEqual(acknowledged);
      expect(entries.every((entry) => entry.version === 1)).toBe(true);
      const last = Math.max(...acknowledged.values());
      await eventually(() => (seen[seen.length - 1]?.revision ?? 0) >= last, 'the watch caught up');
      expect(seen.map(({ revision }) => revision)).toEqual([...acknowledged.values()].sort((a, b) => a - b));
      expect(ended).toEqual([]);
      await store.close();
    } finally {
      await cluster.stop();
    }
  }, 120_000);
});
