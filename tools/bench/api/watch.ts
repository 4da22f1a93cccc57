// Delivered watch events by CPU time of the server: Keelson, real writes included, against a bare coalescing fan-out.
import { amount, report } from '../harness/outcome.ts';
import { Rounds } from '../harness/rounds.ts';
import { MeasuredServer } from './measured-server.ts';
import { Watchers } from './watchers.ts';

/** Small enough that no watcher falls behind: what is measured is the fan-out, not the answer to slow clients. */
const burst = 200;
/** Measured below; the bare server pads its frames to as many bytes. */
let frameSize = 0;
let serial = 0;

for (const watchers of [100, 1000]) {
  const servers = { keelson: await MeasuredServer.start({ role: 'keelson' }), bare: await MeasuredServer.start({ role: 'bare' }) };
  const rounds = new Rounds();
  const joined = {
    keelson: await Watchers.join(servers.keelson, '/api/v1/namespaces/default/pods?watch=1&resourceVersion=0&fieldSelector=metadata.name!=p0', watchers),
    bare: await Watchers.join(servers.bare, '/watch', watchers),
  };
  for (let round = 0; round <= amount(7, 2); round++) {
    for (const name of ['keelson', 'bare'] as const) {
      const bursts = Math.max(1, amount(40_000, 10_000) / watchers / burst);
      const before = await servers[name].usage();
      const bytes = joined[name].bytes;
      const started = performance.now();
      for (let i = 0; i < bursts; i++) {
        await Promise.all([joined[name].received(burst), servers[name].ask({ do: 'emit', from: serial, count: burst, size: frameSize })]);
        serial += burst;
      }
      const seconds = (performance.now() - started) / 1000;
      const delivered = bursts * burst * watchers;
      frameSize = Math.round((joined[name].bytes - bytes) / delivered);
      const cpu = ((await servers[name].usage()).cpuMicros - before.cpuMicros) / 1e6;
      if (round === 0) continue;
      rounds.note(`${name} cpu`, cpu);
      rounds.note(`${name} rate`, delivered / seconds);
      rounds.note(`${name} perCpu`, delivered / cpu);
      rounds.note(`${name} size`, frameSize);
    }
  }
  report(`watch-${watchers}`, rounds.ratio('keelson perCpu', 'bare perCpu'), {
    barePerCpuSecond: rounds.median('bare perCpu'), keelsonPerCpuSecond: rounds.median('keelson perCpu'),
    barePerSecond: rounds.median('bare rate'), keelsonPerSecond: rounds.median('keelson rate'),
    bareEventBytes: rounds.median('bare size'), keelsonEventBytes: rounds.median('keelson size'),
  });
  for (const name of ['keelson', 'bare'] as const) {
    joined[name].end();
    await servers[name].stop();
  }
}
