// Memory per stored byte, fork time, old reads and recovery at 150,000 objects of 3 KiB.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Store } from '../../../packages/kernel/src/storage/contract.ts';
import { openEmbeddedStore } from '../../../packages/kernel/src/storage/embedded/embedded-store.ts';
import { openMemoryStore } from '../../../packages/kernel/src/storage/memory/memory-store.ts';
import { systemClock as clock } from '../../../packages/cli/src/adapters/system-clock.ts';
import { amount, report } from '../harness/outcome.ts';

const objects = amount(150_000, 15_000);
const size = 3072;
async function fill(store: Store, updates: number): Promise<void> {
  let pending: Promise<unknown>[] = [];
  for (let i = 0; i < objects + updates; i++) {
    const key = `/registry/pods/namespace-${i % 50}/pod-${(i * 7919) % objects}`;
    pending.push(store.txn({ compare: [], ops: [{ type: 'put', key, value: Buffer.allocUnsafeSlow(size).fill(i & 0xff) }] }));
    if (pending.length === 500) {
      await Promise.all(pending);
      pending = [];
    }
  }
  await Promise.all(pending);
}

async function timed<T>(fn: () => T | Promise<T>): Promise<number> {
  const started = performance.now();
  await fn();
  return performance.now() - started;
}

async function measureMemory(): Promise<Record<string, number>> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const store = openMemoryStore({ clock });
  await fill(store, 0);
  globalThis.gc?.();
  const rssPerByte = (process.memoryUsage().rss - before) / (objects * size);
  const all = { start: '/registry/pods/', end: '/registry/pods0' };
  const forkMs = await timed(() => store.fork());
  const old = store.revision - 5000;
  const oldReadMs = await timed(() => store.range({ ...all, limit: 500, revision: old }));
  const oldAgainMs = await timed(() => store.range({ ...all, limit: 500, revision: old }));
  const listMs = await timed(() => store.range(all));
  await store.close();
  return { rssPerByte, forkMs, oldReadMs, oldAgainMs, listMs };
}

async function measureRecovery(): Promise<Record<string, number>> {
  const directory = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  try {
    let stall = 0;
    let turn = performance.now();
    const first = await openEmbeddedStore({ directory, clock });
    const watch = setInterval(() => {
      const now = performance.now();
      stall = Math.max(stall, now - turn - 2);
      turn = now;
    }, 2);
    await fill(first, 50_000);
    clearInterval(watch);
    const closeMs = await timed(() => first.close());
    let second: Store | undefined;
    const openMs = await timed(async () => (second = await openEmbeddedStore({ directory, clock })));
    await second?.close();
    return { longestStallMs: stall, closeMs, openMs };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const memory = await measureMemory();
report('store-memory', memory['rssPerByte']!, memory);
const recovery = await measureRecovery();
report('store-recovery', recovery['openMs']!, recovery);
