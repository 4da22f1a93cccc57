import type { Random } from '@keelson/sdk';
import { storageContract } from '../contract-suite.ts';
import { StoreUnavailableError, type StoreError } from '../contract.ts';
import { ManualClock } from '../manual-clock.ts';
import { openMemoryStore } from '../memory/memory-store.ts';
import { FaultyStore, type StoreFaults } from './faulty-store.ts';

/** mulberry32; the real generator is somebody else's to test. */
function seeded(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, int: (bound) => Math.floor(next() * bound), uuid: () => '', fork: () => seeded(seed + 1) };
}

function make(faults: StoreFaults, seed = 1): { store: FaultyStore; inner: ReturnType<typeof openMemoryStore>; clock: ManualClock } {
  const clock = new ManualClock();
  const inner = openMemoryStore({ clock });
  return { store: new FaultyStore(inner, seeded(seed), clock, faults), inner, clock };
}

const put = (store: FaultyStore, key: string): Promise<unknown> => store.txn({ compare: [], ops: [{ type: 'put', key, value: Buffer.from('x') }] });

storageContract('faulty store without faults', async () => {
  const { store, clock } = make({});
  return { store, advance: (ms) => clock.advance(ms), close: () => store.close() };
}, { runs: 5 });

describe('faulty store', () => {
  it('leaves nothing behind when it fails before, everything when it fails after', async () => {
    const { store, inner } = make({ failBefore: 0.3, failAfter: 0.3 });
    for (let i = 0; i < 200; i++) {
      const key = `k${i}`;
      const before = store.injected.length;
      const error = await put(store, key).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      const fault = store.injected[before]?.fault;
      expect(error instanceof StoreUnavailableError).toBe(fault !== undefined);
      expect((await inner.get(key)) !== undefined).toBe(fault !== 'fail-before');
    }
    expect(new Set(store.injected.map(({ fault }) => fault))).toEqual(new Set(['fail-before', 'fail-after']));
  });

  it('does the same for the same seed, and something else for another', async () => {
    const run = async (seed: number): Promise<string> => {
      const { store } = make({ failBefore: 0.2, failAfter: 0.2, failRead: 0.2 }, seed);
      for (let i = 0; i < 50; i++) await Promise.allSettled([put(store, `k${i}`), store.get(`k${i}`)]);
      return JSON.stringify(store.injected);
    };
    expect(await run(7)).toBe(await run(7));
    expect(await run(7)).not.toBe(await run(8));
  });

  it.each([1, 2, 3, 4])('refuses everything after the write it crashes at, which happened or not (seed %i)', async (seed) => {
    const { store, inner } = make({ crashAtWrite: 3 }, seed);
    const ended: StoreError[] = [];
    store.watch({ start: 'a', end: 'z' }, { batch: () => undefined, end: (error) => ended.push(error) });
    await put(store, 'k1');
    await put(store, 'k2');
    await expect(put(store, 'k3')).rejects.toThrow(StoreUnavailableError);
    expect(store.crashed).toBe(true);
    expect(ended).toHaveLength(1);
    await expect(put(store, 'k4')).rejects.toThrow(StoreUnavailableError);
    await expect(store.get('k1')).rejects.toThrow(StoreUnavailableError);
    await expect(store.health()).rejects.toThrow(StoreUnavailableError);
    const count = (await inner.range({ start: 'a', end: 'z' })).count;
    expect([2, 3]).toContain(count);
    store.watch({ start: 'a', end: 'z' }, { batch: () => undefined, end: (error) => ended.push(error) });
    await Promise.resolve();
    expect(ended).toHaveLength(2);
  });

  it('delays by the injected clock', async () => {
    const { store, clock } = make({ delay: { chance: 1, maxMs: 100 } });
    let done = false;
    const write = put(store, 'k').then(() => (done = true));
    await Promise.resolve();
    expect(done).toBe(false);
    clock.advance(100);
    await write;
  });
});
