// From the start of the process to /readyz: the bundled command with the memory driver against Node doing nothing.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amount, report } from '../harness/outcome.ts';
import { Rounds } from '../harness/rounds.ts';
import { keelsonBundle } from './keelson-bundle.ts';
import { Spawned } from './spawned.ts';

const bundle = await keelsonBundle();
const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
const rounds = new Rounds();
const up = (dataDir: string): string[] => [bundle, 'up', '--storage', 'memory', '--api-port', '0', '--output', 'json', '--data-dir', dataDir];

async function boot(name: string, args: readonly string[]): Promise<void> {
  const started = performance.now();
  const spawned = await Spawned.start(args);
  if (name !== 'bare') await ready(JSON.parse(spawned.line) as { server: string; kubeconfig: string });
  rounds.note(name, performance.now() - started);
  rounds.note(`${name} cpu`, spawned.cpuMs());
  await spawned.stop();
}

/** Asks once: the command speaks when it is ready, so another answer is a fault. */
function ready({ server, kubeconfig }: { readonly server: string; readonly kubeconfig: string }): Promise<void> {
  const ca = Buffer.from(/certificate-authority-data: "?([A-Za-z0-9+/=]+)/.exec(readFileSync(kubeconfig, 'utf8'))![1]!, 'base64');
  return new Promise((resolve, reject) => {
    const asked = request(`${server}/readyz`, { ca, agent: new Agent({ keepAlive: false }) }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`/readyz answered ${String(response.statusCode)}`));
    });
    asked.once('error', reject);
    asked.end();
  });
}

try {
  for (let round = 0; round < amount(9, 3); round++) {
    await boot('bare', ['-e', 'console.log(1);setInterval(()=>undefined,1e6);process.on("SIGINT",()=>process.exit())']);
    await boot('first', up(join(folder, String(round))));
    await boot('again', up(join(folder, String(round))));
  }
  report('boot', rounds.ratio('first', 'bare'), {
    bareMs: rounds.median('bare'), firstBootMs: rounds.median('first'), laterBootMs: rounds.median('again'), laterBootRatio: rounds.ratio('again', 'bare'),
    bareCpuMs: rounds.median('bare cpu'), firstBootCpuMs: rounds.median('first cpu'), laterBootCpuMs: rounds.median('again cpu'),
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
