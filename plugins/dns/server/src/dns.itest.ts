import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { EndpointSlice } from '@keelson/api/discovery/v1';
import { Service } from '@keelson/api/core/v1';
import { defineDistribution, use } from '@keelson/distro';
import { minimal } from '@keelson/distro/presets';
import { definePlugin, type Plugin } from '@keelson/sdk';
import { DnsHandlers } from '@keelson/sdk/dns';
import { cluster, type TestCluster } from '@keelson/testing';
import { readAnswer, writeQuery } from '@keelson/dns-wire';
import dnsCache from '@keelson/dns-cache';
import dnsCluster from '@keelson/dns-cluster';
import dnsHosts from '@keelson/dns-hosts';
import dnsServer from './plugin.ts';

/** What a third party writes: a handler in front of all others that fails for one name. */
const grumpy = definePlugin({
  name: '@acme/keelson-dns-grumpy', version: '1.0.0', kind: 'dns', summary: 'fails for one name',
  setup: () => [DnsHandlers.with({ name: 'grumpy', handle: (query, next) => { if (query.name === 'grumpy.example.org') throw new Error('no'); return next(query); } })],
}) as Plugin;

const services = `
apiVersion: v1
kind: Service
metadata: { name: api, namespace: default }
spec: { clusterIP: 10.96.0.77, ports: [{ name: http, port: 80 }] }
---
apiVersion: v1
kind: Service
metadata: { name: db, namespace: default }
spec: { clusterIP: None, ports: [{ name: sql, port: 5432 }] }
`;
const slice = (addresses: readonly string[]) => ({
  apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'db-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'db' } }, addressType: 'IPv4',
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })), ports: [{ name: 'sql', port: 5432, protocol: 'TCP' }],
}) as never;

describe('DNS', () => {
  let test: TestCluster;
  let port: number;
  const resolver = new Resolver({ timeout: 2000, tries: 2 });

  beforeAll(async () => {
    const lines: Record<string, unknown>[] = [];
    const log = { debug: () => undefined, warn: () => undefined, error: () => undefined, child: () => log, info: (message: string, fields?: Record<string, unknown>) => { lines.push({ message, ...fields }); } };
    test = await cluster(defineDistribution({
      name: 'dns', version: '1.0.0', extends: [minimal],
      plugins: [use(dnsServer, { publish: { nodeName: 'node-1', address: '192.0.2.1' } }), dnsCluster, dnsCache, use(dnsHosts, { hosts: { 'nas.example.org': '192.0.2.7' } }), grumpy],
      order: { [DnsHandlers.key]: ['grumpy', 'hosts', 'cluster', 'cache'] },
    }), { log: log as never });
    await test.apply(services);
    const listening = lines.find(({ message }) => message === 'answering DNS') as { addresses: readonly string[] };
    port = Number(listening.addresses[0]!.split(':')[1]);
    resolver.setServers([`127.0.0.1:${port}`]);
  });
  afterAll(() => test.close());

  it('answers a resolver: addresses, ports, reverse names, a fixed table, no such name', async () => {
    expect(await resolver.resolve4('api.default.svc.cluster.local')).toEqual(['10.96.0.77']);
    expect(await resolver.resolve4('kubernetes.default.svc.cluster.local').catch((error: { code: string }) => error.code)).toBe('ENOTFOUND');
    expect(await resolver.resolveSrv('_http._tcp.api.default.svc.cluster.local')).toEqual([{ name: 'api.default.svc.cluster.local', port: 80, priority: 0, weight: 100 }]);
    expect(await resolver.reverse('10.96.0.77')).toEqual(['api.default.svc.cluster.local']);
    expect(await resolver.resolve4('NAS.example.org')).toEqual(['192.0.2.7']);
    expect(await resolver.resolveTxt('dns-version.cluster.local')).toEqual([['1.1.0']]);
    await expect(resolver.resolve4('nope.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve4('example.org')).rejects.toMatchObject({ code: 'EREFUSED' });
    await expect(resolver.resolve4('grumpy.example.org')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('follows endpoints: they come and go with their slice', async () => {
    await expect(resolver.resolve4('db.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await test.api.create(slice(['10.244.0.5', '10.244.0.6']));
    await test.advance(0);
    expect((await resolver.resolve4('db.default.svc.cluster.local')).sort()).toEqual(['10.244.0.5', '10.244.0.6']);
    expect(await resolver.resolve4('10-244-0-6.db.default.svc.cluster.local')).toEqual(['10.244.0.6']);
    await test.api.patch(EndpointSlice, { name: 'db-1', namespace: 'default' }, { type: 'merge', body: { endpoints: [{ addresses: ['10.244.0.9'] }] } });
    await test.advance(0);
    expect(await resolver.resolve4('db.default.svc.cluster.local')).toEqual(['10.244.0.9']);
    await test.api.delete({ kind: EndpointSlice, ref: { name: 'db-1', namespace: 'default' } });
    await test.advance(0);
    await expect(resolver.resolve4('db.default.svc.cluster.local')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('tells in the trace of a change when it was first answered for', async () => {
    await test.apply('apiVersion: v1\nkind: Service\nmetadata: { name: traced, namespace: default }\nspec: { ports: [{ port: 80 }] }\n');
    await test.advance(0);
    await resolver.resolve4('traced.default.svc.cluster.local');
    await resolver.resolve4('traced.default.svc.cluster.local');
    test.trace.expectPath([/^POST .*services/, 'program dns', 'milestone first-dns-answer']);
    expect(test.trace.of({ kind: 'Service', name: 'traced' }).filter(({ name }) => name === 'answer dns')).toHaveLength(1);
  });

  it('is in the DNS service, by a slice of its own', async () => {
    expect((await test.api.get(Service, { name: 'kube-dns', namespace: 'kube-system' }))?.spec).toMatchObject({ clusterIP: '10.96.0.10', internalTrafficPolicy: 'Local' });
    const own = await test.api.get(EndpointSlice, { name: 'kube-dns-node-1', namespace: 'kube-system' });
    expect(own).toMatchObject({ endpoints: [{ addresses: ['192.0.2.1'], nodeName: 'node-1' }], ports: [{ name: 'dns', port, protocol: 'UDP' }, { name: 'dns-tcp', port, protocol: 'TCP' }] });
  });

  it('answers many questions of one TCP connection, in pieces and at once', async () => {
    const asked = Array.from({ length: 20 }, (_, id) => writeQuery(id, 'api.default.svc.cluster.local', 1));
    const bytes = Buffer.concat(asked.map((query) => Buffer.concat([Buffer.from([query.length >> 8, query.length & 0xff]), query])));
    const answers = await new Promise<Buffer>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let got = Buffer.alloc(0);
      socket.on('error', reject);
      socket.on('data', (chunk: Buffer) => {
        got = Buffer.concat([got, chunk]);
        if (got.length >= 20 * (2 + got.readUInt16BE(0))) {
          socket.destroy();
          resolve(got);
        }
      });
      socket.write(bytes.subarray(0, 7));
      setImmediate(() => socket.write(bytes.subarray(7)));
    });
    const size = 2 + answers.readUInt16BE(0);
    expect(Array.from({ length: 20 }, (_, i) => readAnswer(answers.subarray(i * size + 2, (i + 1) * size)).id).sort((a, b) => a - b)).toEqual(asked.map((_, id) => id));
  });

  it('lives through nonsense, by UDP and TCP', async () => {
    const socket = createSocket('udp4');
    const replies: Buffer[] = [];
    socket.on('message', (bytes) => replies.push(bytes));
    const random = test.random.fork('nonsense');
    for (let i = 0; i < 500; i++) {
      const bytes = Buffer.from(Array.from({ length: random.int(80) }, () => random.int(256)));
      await new Promise<void>((resolve, reject) => socket.send(bytes, port, '127.0.0.1', (error) => (error === null ? resolve() : reject(error))));
    }
    const closed = new Promise<void>((resolve) => {
      const tcp = connect(port, '127.0.0.1', () => tcp.end(Buffer.from([0xff, 0xff, 1, 2, 3])));
      tcp.on('close', () => resolve());
      tcp.on('error', () => undefined);
      tcp.resume();
    });
    await closed;
    socket.close();
    expect(await resolver.resolve4('api.default.svc.cluster.local')).toEqual(['10.96.0.77']);
    for (const reply of replies) expect((reply[2]! & 0x80) !== 0).toBe(true);
  });
});

describe('a DNS server that cannot listen', () => {
  it('names the address and the way out', async () => {
    const taken = createSocket('udp4');
    await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve));
    const { port } = taken.address();
    const starting = cluster(defineDistribution({
      name: 'dns', version: '1.0.0', extends: [minimal], plugins: [use(dnsServer, { listen: [{ address: '127.0.0.1', port }] })], onFailure: { '@keelson/dns-server': 'abort' },
    }));
    await expect(starting).rejects.toThrow(new RegExp(`cannot answer DNS on 127\\.0\\.0\\.1:${port} by UDP: the port is in use: choose another`));
    await new Promise((resolve) => taken.close(() => resolve(undefined)));
  });
});
