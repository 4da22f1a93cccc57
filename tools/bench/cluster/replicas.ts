// A Deployment on 100 simulated nodes, from its creation until every pod runs; then one ten times as large.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pod } from '@keelson/api/core/v1';
import { apiClient } from '@keelson/client';
import { resolveDistribution } from '@keelson/distro';
import { administrator, bootCluster } from '@keelson/distro/boot';
import { standard } from '@keelson/distro/presets';
import { silentLogger } from '@keelson/sdk';
import { nextTurn } from '../../../packages/cli/src/adapters/next-turn.ts';
import { systemClock } from '../../../packages/cli/src/adapters/system-clock.ts';
import { systemRandom } from '../../../packages/cli/src/adapters/system-random.ts';
import { amount, report } from '../harness/outcome.ts';

/** Seconds until `replicas` pods run, on a fresh cluster with the default driver. */
async function rollOut(replicas: number): Promise<{ readonly seconds: number; readonly cpuSeconds: number }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
  const booted = await bootCluster({
    name: 'bench', distribution: resolveDistribution(standard), dataDir, apiPort: 0, bindAddress: '127.0.0.1', kubeconfig: join(dataDir, 'kubeconfig'),
    nodes: 100, runtime: 'sim', storage: 'embedded', storageEndpoints: [], clock: systemClock, random: systemRandom('bench'), schedule: nextTurn, log: silentLogger, environment: {},
  });
  // The clock's timers do not keep a process alive.
  const alive = setInterval(() => undefined, 1000);
  try {
    const transport = booted.cluster.transportFor(administrator);
    const running = new Set<string>();
    let all: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (all = resolve));
    const watch = transport.watch({ group: '', version: 'v1', plural: Pod.plural, namespace: 'default' }, {
      event: ({ object }) => {
        if ((object as { readonly status?: { readonly phase?: string } }).status?.phase !== 'Running') return;
        running.add(object.metadata.name!);
        if (running.size === replicas) all();
      },
      end: (error) => { throw error ?? new Error('the watch ended'); },
    });
    const labels = { app: 'bench' };
    const started = performance.now();
    const cpu = process.cpuUsage();
    await apiClient(transport).create({
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'bench', namespace: 'default' },
      spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'registry.example.org/bench:1' }] } } },
    } as never);
    await done;
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    watch.stop();
    return { seconds, cpuSeconds: (user + system) / 1e6 };
  } finally {
    clearInterval(alive);
    await booted.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const few = amount(1000, 100);
await rollOut(Math.round(few / 4)); // warm-up
const small = await rollOut(few);
report('replicas', small.seconds, { replicas: few, cpuSeconds: small.cpuSeconds });
const large = await rollOut(10 * few);
report('replicas-tenfold', large.seconds / small.seconds, { replicas: 10 * few, seconds: large.seconds, cpuSeconds: large.cpuSeconds });
