// Cost of the persistent map per operation and per entry.
import { report } from '../harness/outcome.ts';
import { SortedMap } from '../../../packages/kernel/src/storage/sorted-map/index.ts';

const entries = 150_000;

/** Nanoseconds per call of `fn`, for calls 0..n-1. */
function perCall(n: number, fn: (i: number) => void): number {
  const start = process.hrtime.bigint();
  for (let i = 0; i < n; i++) fn(i);
  return Number(process.hrtime.bigint() - start) / n;
}

function measureSortedMap(): Record<string, number> {
  const keys = Array.from({ length: entries }, (_, i) => Buffer.from(`/registry/pods/namespace-${String(i % 50)}/pod-${String((i * 7919) % entries)}`).toString('latin1'));
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const editor = SortedMap.empty<number>().edit();
  const load = perCall(entries, (i) => editor.set(keys[i]!, i));
  globalThis.gc?.();
  const bytes = (process.memoryUsage().heapUsed - before) / entries;
  const at = (i: number): string => keys[(i * 104_729) % entries]!;
  const get = perCall(entries, (i) => editor.get(at(i)));
  const edit = perCall(entries, (i) => editor.set(at(i), i));
  let map = editor.freeze();
  const set = perCall(entries, (i) => {
    map = map.set(at(i), i);
  });
  const count = perCall(entries, (i) => map.count({ start: at(i), end: at(i + 1) }));
  let visited = 0;
  const scan = perCall(10, () => map.scan({}, () => void visited++)) / entries;
  return { load, get, edit, set, count, scan, bytesPerEntry: bytes };
}

const figures = measureSortedMap();
report('sorted-map', figures['set']!, figures);
