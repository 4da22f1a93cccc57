// Durable POSTs at 50 clients: against POSTs in memory, against etcd's own transactions, and on the etcd driver.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { amount, report, reportMissing } from '../harness/outcome.ts';
import { Rounds } from '../harness/rounds.ts';
import { createByEtcd3, createByGrpc, createRate, etcdProgram, noEtcd, startEtcd } from './etcd-baseline.ts';
import { post } from './load.ts';
import { MeasuredServer } from './measured-server.ts';
import { samplePod } from './sample.ts';

const clients = 50;
const writes = amount(8000, 1500);
const path = '/api/v1/namespaces/default/pods';
const folder = mkdtempSync(join(tmpdir(), 'keelson-bench-'));
const program = etcdProgram();
const etcd = program === undefined ? undefined : await startEtcd(program);
const endpoint = etcd?.endpoints[0];
const grpc = endpoint === undefined ? undefined : await createByGrpc(endpoint);
const etcd3 = endpoint === undefined ? undefined : await createByEtcd3(endpoint);
const memory = await MeasuredServer.start({ role: 'keelson', driver: 'memory' });
const embedded = await MeasuredServer.start({ role: 'keelson', driver: 'embedded', place: folder });
const onEtcd = endpoint === undefined ? undefined : await MeasuredServer.start({ role: 'keelson', driver: 'etcd', place: endpoint });
const rounds = new Rounds();
let serial = 0;

async function posts(name: string, server: MeasuredServer, count: number): Promise<void> {
  const first = serial;
  serial += count;
  const { perSecond, cpuMicros } = await server.load({ connections: clients, requests: count, next: (i) => post(path, JSON.stringify(samplePod(`d${first + i}`))) });
  rounds.note(name, perSecond);
  rounds.note(`${name} cpu`, cpuMicros);
}

try {
  // What etcd stores is as large as what Keelson stores for the same pod.
  const value = Buffer.from(JSON.stringify(samplePod('p0')));
  for (let round = 0; round < amount(5, 2); round++) {
    await posts('memory', memory, writes);
    await posts('embedded', embedded, writes);
    if (grpc === undefined || etcd3 === undefined || onEtcd === undefined) continue;
    const few = Math.round(writes / 2);
    rounds.note('grpc', await createRate(grpc.create, { clients, writes: few, prefix: `/bench/grpc-${round}/`, value: () => value }));
    rounds.note('etcd3', await createRate(etcd3.create, { clients, writes: few, prefix: `/bench/etcd3-${round}/`, value: () => value }));
    await posts('etcd driver', onEtcd, few);
  }
  report('post-durable', rounds.ratio('embedded', 'memory'), { memoryPerSecond: rounds.median('memory'), embeddedPerSecond: rounds.median('embedded'), memoryMicros: rounds.median('memory cpu'), embeddedMicros: rounds.median('embedded cpu') });
  if (etcd === undefined) {
    reportMissing('post-durable-etcd', noEtcd);
    reportMissing('post-etcd-driver', noEtcd);
  } else {
    report('post-durable-etcd', rounds.ratio('embedded', 'grpc'), { keelsonPerSecond: rounds.median('embedded'), etcdPerSecond: rounds.median('grpc') });
    report('post-etcd-driver', rounds.ratio('etcd driver', 'etcd3'), { keelsonPerSecond: rounds.median('etcd driver'), etcd3PerSecond: rounds.median('etcd3'), keelsonMicros: rounds.median('etcd driver cpu') });
  }
} finally {
  await Promise.all([memory.stop(), embedded.stop(), onEtcd?.stop()]);
  grpc?.close();
  etcd3?.close();
  await etcd?.stop();
  rmSync(folder, { recursive: true, force: true });
}
