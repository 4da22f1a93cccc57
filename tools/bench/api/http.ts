// GET and POST through TLS with a client certificate and RBAC: Keelson against a bare server that answers the same.
import { amount, report } from '../harness/outcome.ts';
import { Rounds } from '../harness/rounds.ts';
import { get, post } from './load.ts';
import { MeasuredServer } from './measured-server.ts';
import { samplePod } from './sample.ts';

const path = '/api/v1/namespaces/default/pods';
const rounds = new Rounds();
const servers = { bare: await MeasuredServer.start({ role: 'bare' }), keelson: await MeasuredServer.start({ role: 'keelson' }) };
let serial = 0;
for (let round = 0; round <= amount(7, 2); round++) {
  for (const [name, server] of Object.entries(servers)) {
    const gets = await server.load({ connections: 16, requests: amount(20_000, 3000), next: () => get(`${path}/p0`) });
    const first = serial;
    serial += 8000;
    const posts = await server.load({ connections: 50, requests: amount(8000, 1500), next: (i) => post(path, JSON.stringify(samplePod(`b${first + i}`))) });
    if (round === 0) continue; // warm-up
    rounds.note(`${name} get`, gets.cpuMicros);
    rounds.note(`${name} get rate`, gets.perSecond);
    rounds.note(`${name} post`, posts.cpuMicros);
    rounds.note(`${name} post rate`, posts.perSecond);
    rounds.note(`${name} post answer`, posts.bytes / posts.requests);
  }
}
for (const what of ['get', 'post']) {
  report(what, rounds.ratio(`bare ${what}`, `keelson ${what}`), {
    bareMicros: rounds.median(`bare ${what}`), keelsonMicros: rounds.median(`keelson ${what}`),
    barePerSecond: rounds.median(`bare ${what} rate`), keelsonPerSecond: rounds.median(`keelson ${what} rate`),
    ...(what === 'get' ? {} : { bareAnswerBytes: rounds.median('bare post answer'), keelsonAnswerBytes: rounds.median('keelson post answer') }),
  });
}
for (const server of Object.values(servers)) await server.stop();
