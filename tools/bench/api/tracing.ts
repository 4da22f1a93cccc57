// What tracing costs a POST: off and on against a build without it. CPU time, since the differences are a few per cent.
import { amount, report } from '../harness/outcome.ts';
import { Rounds } from '../harness/rounds.ts';
import { post } from './load.ts';
import { MeasuredServer } from './measured-server.ts';
import { samplePod } from './sample.ts';

const path = '/api/v1/namespaces/default/pods';
const servers = {
  out: await MeasuredServer.start({ role: 'keelson' }, 'untraced-server'),
  off: await MeasuredServer.start({ role: 'keelson' }),
  on: await MeasuredServer.start({ role: 'keelson', tracing: true }),
};
const rounds = new Rounds();
const requests = amount(2000, 800);
let serial = 0;
for (let round = 0; round <= amount(39, 3); round++) {
  // Each comes first as often as the others: the machine's mood changes within a round too.
  const names = (['out', 'off', 'on'] as const).map((_, i, all) => all[(i + round) % all.length]!);
  for (const name of names) {
    const first = serial;
    serial += requests;
    const { cpuMicros } = await servers[name].load({ connections: 20, requests, next: (i) => post(path, JSON.stringify(samplePod(`t${first + i}`))) });
    if (round > 0) rounds.note(name, cpuMicros);
  }
}
for (const name of ['off', 'on'] as const) {
  report(`tracing-${name}`, (rounds.ratio(name, 'out') - 1) * 100, { outMicros: rounds.median('out'), micros: rounds.median(name), uncertainByPercent: rounds.uncertainty(name, 'out') * 100 });
}
for (const server of Object.values(servers)) await server.stop();
