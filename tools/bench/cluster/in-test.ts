// Clusters inside a test process: the first with the loading of everything, further ones, forks, and what each one keeps.
import { amount, report } from '../harness/outcome.ts';
import { median } from '../harness/rounds.ts';

async function timed<T>(fn: () => Promise<T>): Promise<readonly [ms: number, result: T]> {
  const started = performance.now();
  const result = await fn();
  return [performance.now() - started, result];
}

const started = performance.now();
const { cluster } = await import('@keelson/testing');
const { standard } = await import('@keelson/distro/presets');
const loadMs = performance.now() - started;
const [bootMs, first] = await timed(() => cluster(standard));
report('test-first', loadMs + bootMs, { loadMs, bootMs });
await first.advance('1s');

const furtherMs: number[] = [];
for (let i = 0; i < amount(15, 4); i++) {
  const [ms, further] = await timed(() => cluster(standard, { seed: String(i) }));
  furtherMs.push(ms);
  await further.close();
}
report('test-further', median(furtherMs), { fastestMs: Math.min(...furtherMs) });

const forkMs: number[] = [];
for (let i = 0; i < amount(15, 4); i++) {
  const [ms, fork] = await timed(() => first.fork({ seed: String(i) }));
  forkMs.push(ms);
  await fork.close();
}
report('test-fork', median(forkMs), { fastestMs: Math.min(...forkMs) });

/** After collections, since garbage is nobody's memory. */
function memory(): { readonly rss: number; readonly held: number } {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, held: heapUsed + external };
}
const before = memory();
const kept = [];
for (let i = 0; i < amount(20, 5); i++) {
  const further = await cluster(standard, { seed: `m${i}` });
  await further.advance('1s');
  kept.push(further);
}
const after = memory();
const mib = (bytes: number): number => bytes / kept.length / 2 ** 20;
report('test-memory', Math.max(mib(after.rss - before.rss), mib(after.held - before.held)), { residentMiB: mib(after.rss - before.rss), heldMiB: mib(after.held - before.held) });
for (const one of kept) await one.close();
await first.close();
