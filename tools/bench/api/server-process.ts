// The measured servers, each in a process of its own: a bare node:https one and Keelson's API server. Commands come by
// IPC, so that CPU time is the server's alone.
import { createServer } from 'node:https';
import { randomUUID } from 'node:crypto';
import { defineDistribution, resolveDistribution } from '@keelson/distro';
import { openStore, startCluster, type StoreChoice } from '@keelson/distro/boot';
import { memoryKeyFolder, openClusterPki } from '@keelson/kernel/apiserver';
import { seededRandom, silentLogger } from '@keelson/sdk';
import { createTracing } from '@keelson/telemetry';
import { apiClient } from '@keelson/client';
import { systemClock } from '../../../packages/cli/src/adapters/system-clock.ts';
import { samplePod } from './sample.ts';

const [role = 'bare', driver = 'memory', directory = '', tracingMode = 'off'] = process.argv.slice(2);
const pki = openClusterPki(memoryKeyFolder(), { clock: systemClock });
const client = await pki.client('bench', { name: 'bench', groups: ['benchers'] });
const certificates = { ca: await pki.authority(), cert: client.certificate, key: client.privateKey };

const port = role === 'bare' ? await bare() : await keelson();
process.send!({ port, ...certificates });

process.on('message', (message: string) => {
  if (message === 'cpu') process.send!({ cpu: process.cpuUsage(), rss: process.memoryUsage().rss });
  if (message === 'exit') process.exit(0);
});

async function bare(): Promise<number> {
  const serving = await pki.serving();
  const bytes = Buffer.from(JSON.stringify(samplePod('p0')));
  const stored = new Map<string, Buffer>();
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' };
  const server = createServer({ cert: serving.certificate, key: serving.privateKey, ca: certificates.ca, requestCert: true, rejectUnauthorized: false }, (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { ...headers, 'content-length': bytes.length });
      response.end(bytes);
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const object = JSON.parse(Buffer.concat(chunks).toString()) as { metadata: Record<string, unknown> };
      object.metadata['uid'] = randomUUID();
      object.metadata['creationTimestamp'] = new Date().toISOString();
      const answer = Buffer.from(JSON.stringify(object));
      stored.set(object.metadata['name'] as string, answer);
      response.writeHead(201, { ...headers, 'content-length': answer.length });
      response.end(answer);
    });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

async function keelson(): Promise<number> {
  const random = seededRandom('bench');
  const choice: StoreChoice = driver === 'embedded' ? { driver, directory } : driver === 'etcd' ? { driver, endpoints: [directory] } : { driver: 'memory' };
  const tracing = createTracing({ clock: systemClock, random, environment: tracingMode === 'off' ? { OTEL_SDK_DISABLED: 'true' } : {} });
  const cluster = await startCluster({
    distribution: resolveDistribution(defineDistribution({ name: 'bench', version: '0.1.0', plugins: [] })),
    openStore: () => openStore(choice, { clock: systemClock, log: silentLogger }),
    clock: systemClock, random, log: silentLogger, tracing, pki, listen: { host: '127.0.0.1', port: 0 },
  });
  const admin = apiClient(cluster.transportFor(cluster.server.context.self));
  const rbac = 'rbac.authorization.k8s.io';
  await admin.create({ apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: 'bench' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }] } as never);
  await admin.create({
    apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'bench' },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'bench' }, subjects: [{ kind: 'Group', apiGroup: rbac, name: 'benchers' }],
  } as never);
  await admin.create(samplePod('p0') as never);
  return Number(new URL(cluster.url!).port);
}
