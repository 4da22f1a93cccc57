// One measured server: says by IPC when it serves, then does as it is told.
import { memoryKeyFolder, openClusterPki } from '@keelson/kernel/apiserver';
import { systemClock } from '../../../packages/cli/src/adapters/system-clock.ts';
import { BareServer, oneTurn } from './bare-server.ts';
import { benchGroup, fill, startKeelson, type KeelsonServer } from './keelson-server.ts';
import { samplePod } from './sample.ts';
import type { Command, CpuAndMemory, ServerChoice } from './server-commands.ts';
import { StallMeter } from './stall-meter.ts';

const choice = JSON.parse(process.argv[2]!) as ServerChoice;
const pki = openClusterPki(memoryKeyFolder(), { clock: systemClock });
const client = await pki.client('bench', { name: 'bench', groups: [benchGroup] });
const ca = await pki.authority();
const stalls = new StallMeter();

let bare: BareServer | undefined;
let keelson: KeelsonServer | undefined;
let port: number;
if (choice.role === 'bare') {
  const { certificate, privateKey } = await pki.serving();
  bare = new BareServer({ cert: certificate, key: privateKey, ca });
  port = await bare.listen();
} else {
  keelson = await startKeelson(choice, pki);
  port = keelson.port;
}
process.send!({ target: { port, ca, cert: client.certificate, key: client.privateKey } });

process.on('message', (command: Command) => {
  run(command).then(
    (answer) => process.send!(answer),
    (error: unknown) => process.send!({ error: String(error) }),
  );
});

async function run(command: Command): Promise<object> {
  switch (command.do) {
    case 'usage':
      if (command.collect === true) globalThis.gc?.();
      return usage();
    case 'fill':
      await fill(keelson!.admin, command);
      return {};
    case 'emit':
      if (bare !== undefined) await bare.emit(command.count, command.size);
      else await emitChanges(command);
      return {};
    case 'watch-delays':
      stalls.start();
      return {};
    case 'delays':
      return stalls.stop();
    case 'exit':
      process.exit(0);
  }
}

function usage(): CpuAndMemory {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, heapTotal, arrayBuffers } = process.memoryUsage();
  return { cpuMicros: user + system, rssBytes: rss, heapBytes: heapUsed, heapReservedBytes: heapTotal, bufferBytes: arrayBuffers };
}

/** Real writes: what a watcher costs is measured with all that comes before it. */
async function emitChanges({ from, count }: { readonly from: number; readonly count: number }): Promise<void> {
  for (let sent = 0; sent < count; sent += 10) {
    await Promise.all(Array.from({ length: Math.min(10, count - sent) }, (_, i) => keelson!.admin.create(samplePod(`w${from + sent + i}`) as never)));
    await oneTurn();
  }
}
