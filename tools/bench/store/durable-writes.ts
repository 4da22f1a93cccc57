// Durable 2 KiB creates per second at the store level, against etcd on the same disk, the memory driver and the bare disk.
import { constants, closeSync, mkdtempSync, openSync, rmSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Store } from '../../../packages/kernel/src/storage/contract.ts';
import { openEmbeddedStore } from '../../../packages/kernel/src/storage/embedded/embedded-store.ts';
import { openMemoryStore } from '../../../packages/kernel/src/storage/memory/memory-store.ts';
import { systemClock as clock } from '../../../packages/cli/src/adapters/system-clock.ts';
import { createByGrpc, createRate, etcdProgram, noEtcd, startEtcd } from '../api/etcd-baseline.ts';
import { amount, report, reportMissing } from '../harness/outcome.ts';
import { Rounds } from '../harness/rounds.ts';

const clients = 50;
const writes = amount(100_000, 20_000);
const valueSize = 2048;

interface WriteRate {
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

const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
const program = etcdProgram();
const etcd = program === undefined ? undefined : await startEtcd(program);
const grpc = etcd === undefined ? undefined : await createByGrpc(etcd.endpoints[0]!);
const rounds = new Rounds();
try {
  for (let round = 0; round < amount(3, 2); round++) {
    rounds.note('disk', (await bareDisk(folder)).perSecond);
    const durable = await openEmbeddedStore({ directory: join(folder, String(round)), clock });
    const embedded = await creates(durable, 'pod');
    await durable.close();
    rmSync(join(folder, String(round)), { recursive: true });
    const volatile = openMemoryStore({ clock });
    const memory = await creates(volatile, 'pod');
    await volatile.close();
    rounds.note('embedded', embedded.perSecond);
    rounds.note('p99', embedded.p99Ms);
    rounds.note('stall', embedded.longestStallMs);
    rounds.note('memory', memory.perSecond);
    if (grpc !== undefined) rounds.note('etcd', await createRate(grpc.create, { clients, writes: amount(8000, 2000), prefix: `/bench/store-${round}/`, value: (i) => values[i]! }));
  }
  const detail = {
    embeddedPerSecond: rounds.median('embedded'), memoryPerSecond: rounds.median('memory'), diskPerSecond: rounds.median('disk'),
    p99Ms: rounds.median('p99'), longestStallMs: rounds.median('stall'),
  };
  if (grpc === undefined) reportMissing('store-create', noEtcd);
  else report('store-create', rounds.ratio('embedded', 'etcd'), { ...detail, etcdPerSecond: rounds.median('etcd') });
} finally {
  grpc?.close();
  await etcd?.stop();
  rmSync(folder, { recursive: true, force: true });
}
