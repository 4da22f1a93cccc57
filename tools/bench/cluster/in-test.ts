// Clusters inside a test process: the first with the loading of everything, further ones, forks, and what each one keeps.
import { amount, report } from '../harness/outcome.ts';
import { Rounds } from '../harness/rounds.ts';

/** Wall and CPU time: on a shared machine the first may be several times the second. */
async function timed<T>(fn: () => Promise<T>): Promise<{ readonly ms: number; readonly cpuMs: number; readonly result: T }> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const result = await fn();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - started, cpuMs: (user + system) / 1000, result };
}

const load = await timed(async () => ({ ...(await import('@keelson/testing')), ...(await import('@keelson/distro/presets')) }));
const { cluster, standard } = load.result;
const boot = await timed(() => cluster(standard));
const first = boot.result;
report('test-first', load.ms + boot.ms, { loadMs: load.ms, bootMs: boot.ms, cpuMs: load.cpuMs + boot.cpuMs });
await first.advance('1s');

const further = new Rounds();
for (let i = 0; i < amount(15, 4); i++) {
  const { ms, cpuMs, result } = await timed(() => cluster(standard, { seed: String(i) }));
  further.note('wall', ms);
  further.note('cpu', cpuMs);
  await result.close();
}
report('test-further', further.median('wall'), { cpuMs: further.median('cpu') });

const forks = new Rounds();
for (let i = 0; i < amount(15, 4); i++) {
  const forked = await timed(() => first.fork({ seed: String(i) }));
  const started = await timed(() => forked.result.started());
  forks.note('state', forked.ms);
  forks.note('running', forked.ms + started.ms);
  forks.note('cpu', forked.cpuMs + started.cpuMs);
  await forked.result.close();
}
report('test-fork', forks.median('state'));
report('test-fork-running', forks.median('running'), { cpuMs: forks.median('cpu') });

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
