// LIST of 5,000 objects of about 3 KiB against writing as many bytes.
import { amount, report } from '../harness/outcome.ts';
import { Rounds } from '../harness/rounds.ts';
import { get } from './load.ts';
import { MeasuredServer } from './measured-server.ts';

const objects = 5000;
const bare = await MeasuredServer.start({ role: 'bare' });
const keelson = await MeasuredServer.start({ role: 'keelson' });
await keelson.ask({ do: 'fill', from: 0, count: objects, annotation: 0 });
const list = get('/api/v1/namespaces/default/pods');
const size = (await keelson.load({ connections: 1, requests: 1, next: () => list })).bytes;
const rounds = new Rounds();
const requests = amount(20, 5);
for (let round = 0; round <= amount(9, 3); round++) {
  const same = await bare.load({ connections: 1, requests, next: () => get(`/bytes/${size}`) });
  const listed = await keelson.load({ connections: 1, requests, next: () => list });
  if (round === 0) continue;
  rounds.note('bare', (same.seconds * 1000) / requests);
  rounds.note('keelson', (listed.seconds * 1000) / requests);
  rounds.note('bare cpu', same.cpuMicros / 1000);
  rounds.note('keelson cpu', listed.cpuMicros / 1000);
}
report('list', rounds.ratio('keelson', 'bare'), {
  bareMs: rounds.median('bare'), keelsonMs: rounds.median('keelson'), bareCpuMs: rounds.median('bare cpu'), keelsonCpuMs: rounds.median('keelson cpu'),
  bytesPerObject: size / (objects + 1),
});
await bare.stop();
await keelson.stop();
