import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storageContract } from '../contract-suite.ts';
import { CompactedError, DataDirectoryError, StoreUnavailableError, type ForkableStore, type TxnResult } from '../contract.ts';
import { ManualClock } from '../manual-clock.ts';
import { openEmbeddedStore, type EmbeddedStoreOptions } from './embedded-store.ts';
import { FaultyDisk } from './faulty-disk.ts';

const folders: string[] = [];
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'keelson-store-'));
  folders.push(path);
  return path;
}
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

storageContract('embedded', async () => {
  const clock = new ManualClock();
  const directory = folder();
  let store = await openEmbeddedStore({ directory, clock });
  return {
    store,
    advance: (ms) => clock.advance(ms),
    reopen: async () => {
      await store.close();
      store = await openEmbeddedStore({ directory, clock });
      return store;
    },
    close: () => store.close(),
  };
});

// The same again, with a snapshot after every few records.
storageContract(
  'embedded with constant snapshots',
  async () => {
    const clock = new ManualClock();
    const directory = folder();
    let store = await openEmbeddedStore({ directory, clock, snapshotBytes: 1 });
    return {
      store,
      advance: (ms) => clock.advance(ms),
      reopen: async () => {
        await store.close();
        store = await openEmbeddedStore({ directory, clock, snapshotBytes: 1 });
        return store;
      },
      close: () => store.close(),
    };
  },
  { runs: 10 },
);

const clock = new ManualClock();
const all = { start: 'a', end: 'z' };
const open = (directory: string, more: Partial<EmbeddedStoreOptions> = {}): Promise<ForkableStore> => openEmbeddedStore({ directory, clock, ...more });
const put = (store: ForkableStore, key: string, value: string | Buffer): Promise<TxnResult> => store.txn({ compare: [], ops: [{ type: 'put', key, value: Buffer.from(value) }] });
const texts = async (store: ForkableStore): Promise<string[]> => (await store.range(all)).entries.map((entry) => `${entry.key}=${entry.value.toString()}`);
const sizeOf = (directory: string): number => readdirSync(join(directory, 'store')).reduce((sum, name) => sum + statSync(join(directory, 'store', name)).size, 0);

describe('embedded store', () => {
  it('acknowledges nothing, publishes nothing and shows nothing before it is durable', async () => {
    const disk = new FaultyDisk();
    const store = await open(folder(), { disk });
    const seen: number[] = [];
    store.watch(all, { batch: (batch) => seen.push(batch.revision), end: () => undefined });
    let acknowledged = false;
    const write = put(store, 'k', '1').then(() => (acknowledged = true));
    const refused = store.txn({ compare: [{ key: 'k', modRevision: 0 }], ops: [{ type: 'delete', key: 'k' }] });
    expect(await store.get('k')).toBeUndefined();
    expect(store.revision).toBe(1);
    expect([acknowledged, seen]).toEqual([false, []]);
    expect((await refused).ok).toBe(false);
    expect(acknowledged).toBe(true);
    await write;
    expect(seen).toEqual([2]);
    await store.close();
  });

  it('keeps the disk bounded by snapshots and starts from them', async () => {
    const directory = folder();
    const store = await open(directory, { snapshotBytes: 100_000 });
    for (let round = 0; round < 40; round++) {
      await Promise.all(Array.from({ length: 50 }, (_, i) => put(store, `k${i}`, Buffer.alloc(1000, `${round}`))));
    }
    await store.close();
    expect(sizeOf(directory)).toBeLessThan(800_000);
    expect(readdirSync(join(directory, 'store')).filter((name) => name.startsWith('snapshot-'))).toHaveLength(1);
    const again = await open(directory);
    expect(again.revision).toBe(2001);
    expect((await again.range(all)).entries.every((entry) => entry.version === 40 && entry.value.equals(Buffer.alloc(1000, '39')))).toBe(true);
    expect(again.compactedRevision).toBeGreaterThan(1);
    const seen: number[] = [];
    again.watch({ ...all, fromRevision: again.compactedRevision }, { batch: (batch) => seen.push(batch.revision), end: () => undefined });
    await again.health();
    expect(seen).toEqual(Array.from({ length: 2002 - again.compactedRevision }, (_, i) => again.compactedRevision + i));
    await again.close();
  });

  it('folds the small segments of many restarts into a snapshot', async () => {
    const directory = folder();
    for (let i = 0; i < 40; i++) {
      const store = await open(directory);
      await put(store, `k${i}`, 'x');
      await store.close();
    }
    expect(readdirSync(join(directory, 'store')).length).toBeLessThan(25);
    const store = await open(directory);
    expect((await store.range(all)).count).toBe(40);
    await store.close();
  });

  it('goes on with prepared and reused segments', async () => {
    const directory = folder();
    const store = await open(directory, { snapshotBytes: 60 << 20 });
    const value = Buffer.alloc(100_000, 'v');
    for (let i = 0; i < 3000; i += 50) await Promise.all(Array.from({ length: 50 }, (_, j) => put(store, `k${j}`, value)));
    const before = await texts(store);
    await store.close();
    expect(sizeOf(directory)).toBeLessThan(300 << 20);
    const again = await open(directory);
    expect(again.revision).toBe(3001);
    expect(await texts(again)).toEqual(before);
    await again.close();
  }, 60_000);

  it('stamps values read back from disk', async () => {
    const directory = folder();
    const stamp = (value: Buffer, revision: number): void => void value.write(String(revision));
    const store = await open(directory, { stamp });
    await put(store, 'a', '__text');
    await store.close();
    const again = await open(directory, { stamp: (value, revision) => void value.write(`<${revision}`) });
    expect(await texts(again)).toEqual(['a=<2text']);
    await again.close();
  });

  it('forks into memory', async () => {
    const store = await open(folder());
    await put(store, 'a', '1');
    const pending = put(store, 'b', '2');
    const fork = store.fork();
    await pending;
    expect(fork.driver).toBe('memory');
    expect(await texts(fork)).toEqual(['a=1']);
    await put(fork, 'c', '3');
    expect(await texts(store)).toEqual(['a=1', 'b=2']);
    await store.close();
    expect(await texts(fork)).toEqual(['a=1', 'c=3']);
  });

  describe('when the disk fails', () => {
    it.each([0, 1, 30, 1_000_000])('rejects, stays readable and recovers after a full disk cut a write at byte %i', async (written) => {
      const directory = folder();
      const disk = new FaultyDisk();
      const store = await open(directory, { disk });
      await put(store, 'a', '1');
      const { id } = await store.grantLease(60);
      const seen: number[] = [];
      store.watch(all, { batch: (batch) => seen.push(batch.revision), end: () => undefined });
      disk.fault = (_path, bytes) => ({ written: Math.min(written, bytes), code: 'ENOSPC' });
      const failures = await Promise.allSettled([
        put(store, 'a', 'lost'),
        store.txn({ compare: [], ops: [{ type: 'put', key: 'l', value: Buffer.from('x'), lease: id }] }),
        store.txn({ compare: [{ key: 'a', modRevision: 0 }], ops: [{ type: 'delete', key: 'a' }] }),
      ]);
      for (const failure of failures) {
        expect(failure.status === 'rejected' && failure.reason).toBeInstanceOf(StoreUnavailableError);
        expect(failure.status === 'rejected' && String(failure.reason)).toContain('the disk is full; free space');
      }
      await expect(store.health()).rejects.toThrow(StoreUnavailableError);
      expect(await texts(store)).toEqual(['a=1']);
      expect([store.revision, seen]).toEqual([2, []]);
      disk.fault = () => undefined;
      await expect(store.health()).resolves.toBeUndefined();
      expect((await put(store, 'b', '2')).revision).toBe(3);
      await store.close();
      const warnings: string[] = [];
      const again = await open(directory, { logger: { warn: (message) => warnings.push(message) } });
      expect(await texts(again)).toEqual(['a=1', 'b=2']);
      expect(again.revision).toBe(3);
      expect(warnings).toEqual([]);
      await again.close();
    });

    it.each([1, 30, 63, 64, 70, 88, 100])('takes a new segment whose first write was cut at byte %i for unused', async (written) => {
      const directory = folder();
      const disk = new FaultyDisk();
      const store = await open(directory, { disk });
      await put(store, 'a', '1');
      // Files can be made, but not filled: the second try leaves a new segment with a piece of its first write.
      disk.fault = (_path, bytes) => (bytes === 0 ? undefined : { written: Math.min(written, bytes), code: 'ENOSPC' });
      for (let i = 0; i < 3; i++) await expect(put(store, 'b', 'lost'.repeat(100))).rejects.toThrow(StoreUnavailableError);
      const copy = folder();
      cpSync(join(directory, 'store'), join(copy, 'store'), { recursive: true });
      const killed = await open(copy);
      expect(await texts(killed)).toEqual(['a=1']);
      await killed.close();
      disk.fault = () => undefined;
      await put(store, 'c', '3');
      await store.close();
      const again = await open(directory);
      expect(await texts(again)).toEqual(['a=1', 'c=3']);
      await again.close();
    });

    it('loses nothing acknowledged when writes fail again and again', async () => {
      const directory = folder();
      const disk = new FaultyDisk();
      const store = await open(directory, { disk, snapshotBytes: 4000 });
      let n = 0;
      disk.fault = (_path, bytes) => (n++ % 3 === 1 ? { written: (n * 37) % (bytes + 1), code: 'EIO' } : undefined);
      const acknowledged: string[] = [];
      for (let i = 0; i < 200; i++) {
        const key = `k${String(i).padStart(3, '0')}`;
        await put(store, key, 'v').then(
          () => acknowledged.push(`${key}=v`),
          (error: unknown) => expect(error).toBeInstanceOf(StoreUnavailableError),
        );
      }
      expect(acknowledged.length).toBeGreaterThan(50);
      expect(acknowledged.length).toBeLessThan(200);
      expect(await texts(store)).toEqual(acknowledged);
      await store.close();
      const again = await open(directory);
      expect((await texts(again)).filter((text) => acknowledged.includes(text))).toEqual(acknowledged);
      await again.close();
    });

    it('goes on without a snapshot that cannot be written', async () => {
      const directory = folder();
      const disk = new FaultyDisk();
      const warnings: string[] = [];
      disk.fault = (path) => (path.includes('snapshot') ? { written: 0, code: 'ENOSPC' } : undefined);
      const store = await open(directory, { disk, snapshotBytes: 1000, logger: { warn: (message) => warnings.push(message) } });
      for (let i = 0; i < 50; i++) await put(store, `k${i}`, Buffer.alloc(100));
      expect(warnings.length).toBeGreaterThan(0);
      disk.fault = () => undefined;
      for (let i = 0; i < 50; i++) await put(store, `k${i}`, Buffer.alloc(100));
      await store.close();
      const again = await open(directory);
      expect((await again.range(all)).count).toBe(50);
      await again.close();
    });
  });

  describe('lock', () => {
    it('keeps a second store of the same process out, and lets it in after close', async () => {
      const directory = folder();
      const store = await open(directory);
      await expect(open(directory)).rejects.toMatchObject({ code: 'KEEL_STORE_LOCKED', message: expect.stringContaining(`${directory} is in use by process ${process.pid}`) });
      await store.close();
      await (await open(directory)).close();
      expect(existsSync(join(directory, 'lock'))).toBe(false);
    });

    it.each([
      ['a dead process', JSON.stringify({ pid: 2 ** 22 - 1, started: 'long ago' })],
      ['another process that had our id', JSON.stringify({ pid: process.pid, started: 'long ago' })],
      ['nobody any more, cut short', '{"pi'],
    ])('takes over a lock left by %s', async (_who, text) => {
      const directory = folder();
      writeFileSync(join(directory, 'lock'), text);
      await (await open(directory)).close();
    });

    it('lets exactly one of many in that find a stale lock at the same time', async () => {
      const directory = folder();
      writeFileSync(join(directory, 'lock'), JSON.stringify({ pid: 2 ** 22 - 1, started: 'long ago' }));
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => open(directory)));
      const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(winners).toHaveLength(1);
      await winners[0]!.close();
    });

    it('is released when the store cannot be opened', async () => {
      const directory = folder();
      const store = await open(directory);
      await put(store, 'a', '1');
      await store.close();
      const log = join(directory, 'store', readdirSync(join(directory, 'store'))[0]!);
      writeFileSync(log, Buffer.alloc(1000, 7));
      for (let i = 0; i < 2; i++) await expect(open(directory)).rejects.toMatchObject({ code: 'KEEL_STORE_CORRUPT' });
    });
  });

  it('says so when the past is compacted by a restart', async () => {
    const directory = folder();
    const store = await open(directory, { snapshotBytes: 1 });
    for (let i = 0; i < 20; i++) await put(store, 'k', String(i));
    await store.close();
    const again = await open(directory);
    expect(again.compactedRevision).toBeGreaterThan(2);
    await expect(again.range({ ...all, revision: 2 })).rejects.toThrow(CompactedError);
    await again.close();
  });

  it('refuses a format from the future', async () => {
    const directory = folder();
    const store = await open(directory, { snapshotBytes: 1 });
    for (let i = 0; i < 20; i++) await put(store, 'k', String(i));
    await store.close();
    const { readFileSync } = await import('node:fs');
    const { crc32 } = await import('node:zlib');
    const name = readdirSync(join(directory, 'store')).find((each) => each.startsWith('snapshot-'))!;
    const bytes = readFileSync(join(directory, 'store', name));
    bytes.writeUInt32LE(99, 4);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 8)), 8);
    writeFileSync(join(directory, 'store', name), bytes);
    await expect(open(directory)).rejects.toThrow(DataDirectoryError);
    await expect(open(directory)).rejects.toMatchObject({ code: 'KEEL_STORE_FORMAT' });
  });
});
