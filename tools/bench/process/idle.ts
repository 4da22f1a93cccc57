// What a default cluster of 3 simulated nodes costs while nobody uses it.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amount, report } from '../harness/outcome.ts';
import { keelsonBundle } from './keelson-bundle.ts';
import { Spawned } from './spawned.ts';

const bundle = await keelsonBundle();
const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const cluster = await Spawned.start([bundle, 'up', '--nodes', '3', '--api-port', '0', '--output', 'json', '--data-dir', folder]);
try {
  // What the start leaves to be done is no idling.
  await pause(amount(10, 3));
  const seconds = amount(20, 5);
  const before = cluster.cpuMs();
  await pause(seconds);
  const percent = (cluster.cpuMs() - before) / (seconds * 10);
  report('idle-memory', cluster.residentMiB());
  report('idle-cpu', percent, { seconds });
} finally {
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}
