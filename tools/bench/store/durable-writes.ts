// Durable 2 KiB creates per second at the store level, against the memory driver and the bare disk, in one run.
import { constants, closeSync, mkdtempSync, openSync, rmSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Clock } from '../../../packages/sdk/src/clock.ts';
import type { Store } from '../../../packages/kernel/src/storage/contract.ts';
import { openEmbeddedStore } from '../../../packages/kernel/src/storage/embedded/embedded-store.ts';
import { openMemoryStore } from '../../../packages/kernel/src/storage/memory/memory-store.ts';

const clients = 50;
const writes = 100_000;
const valueSize = 2048;

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

export interface WriteRate {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestStallMs: number;
}

// Made before the clock starts: what is measured is the store, not the allocation of 200 MB by its callers.
const values = Array.from({ length: writes }, (_, i) => Buffer.allocUnsafeSlow(valueSize).fill(i & 0xff));

/** Closed loop: each client creates the next key as soon as its last one is acknowledged. */
async function creates(store: Store, prefix: string): Promise<WriteRate> {
  const latencies = new Float64Array(writes);
  let next = 0;
  let stall = 0;
  let turn = performance.now();
  const watch = setInterval(() => {
    const now = performance.now();
    stall = Math.max(stall, now - turn - 5);
    turn = now;
  }, 5);
  const client = async (): Promise<void> => {
    while (next < writes) {
      const i = next++;
      const key = `/registry/pods/namespace-${i % 50}/${prefix}-${i}`;
      const started = performance.now();
      await store.txn({ compare: [{ key, modRevision: 0 }], ops: [{ type: 'put', key, value: values[i]! }] });
      latencies[i] = performance.now() - started;
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  const seconds = (performance.now() - started) / 1000;
  clearInterval(watch);
  latencies.sort();
  return { perSecond: Math.round(writes / seconds), p50Ms: latencies[writes >> 1]!, p99Ms: latencies[Math.floor(writes * 0.99)]!, longestStallMs: stall };
}

/** The same bytes in the same groups, written by nothing but the file system: the bound for any log without preallocation. */
async function bareDisk(folder: string): Promise<WriteRate> {
  const fd = openSync(join(folder, 'bare'), constants.O_RDWR | constants.O_CREAT | constants.O_DSYNC);
  const group = Buffer.alloc(clients * valueSize, 1);
  const started = performance.now();
  for (let i = 0; i < writes / clients; i++) {
    await new Promise<void>((resolve, reject) => write(fd, group, 0, group.length, i * group.length, (error) => (error === null ? resolve() : reject(error))));
  }
  const seconds = (performance.now() - started) / 1000;
  closeSync(fd);
  return { perSecond: Math.round(writes / seconds), p50Ms: 0, p99Ms: 0, longestStallMs: 0 };
}

export async function measureDurableWrites(rounds = 3): Promise<Record<string, WriteRate>[]> {
  const results: Record<string, WriteRate>[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  try {
    for (let round = 0; round < rounds; round++) {
      const disk = await bareDisk(folder);
      const durable = await openEmbeddedStore({ directory: join(folder, String(round)), clock });
      const embedded = await creates(durable, 'pod');
      await durable.close();
      rmSync(join(folder, String(round)), { recursive: true });
      const volatile = openMemoryStore({ clock });
      const memory = await creates(volatile, 'pod');
      await volatile.close();
      results.push({ disk, embedded, memory });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return results;
}

for (const round of await measureDurableWrites()) process.stdout.write(`${JSON.stringify(round)}\n`);
