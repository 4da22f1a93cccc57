import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CertificateSigningRequest } from '@keelson/api/certificates/v1';
import { Node, Pod, Secret, type Pod as PodObject } from '@keelson/api/core/v1';
import { apiClient } from '@keelson/client';
import { httpTransport } from '@keelson/client/http';
import { seededRandom, silentLogger, type ApiClient, type Clock, type WatchEvent } from '@keelson/sdk';
import { bootCluster, type BootedCluster } from '../boot/index.ts';
import { openToNodes } from '../join/index.ts';
import { standard } from '../presets/index.ts';
import { resolveDistribution } from '../resolve.ts';
import { folderOf } from '../testdata/fixtures.ts';
import { nodeConfig } from './node-config.ts';
import { runNode, type RunningNode } from './run-node.ts';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, Math.min(ms, 2 ** 31 - 1)).unref();
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

describe('an agent of its own process', () => {
  let folder: string;
  let cluster: BootedCluster;
  let admin: ApiClient;
  let authority: string;
  const running: RunningNode[] = [];

  beforeAll(async () => {
    folder = folderOf({});
    cluster = await bootCluster({
      name: 'nodes', distribution: resolveDistribution(standard), dataDir: join(folder, 'data'), nodes: 0, moreAddresses: ['127.0.0.2'],
      apiPort: 0, bindAddress: '127.0.0.1', kubeconfig: join(folder, 'kubeconfig'), storage: 'memory', storageEndpoints: [],
      clock, random: seededRandom('cluster'), log: silentLogger, environment: {}, schedule: setImmediate,
    });
    admin = apiClient(cluster.cluster.transportFor(cluster.cluster.server.context.self));
    authority = readFileSync(join(folder, 'data/pki/ca.crt'), 'utf8');
  });
  afterAll(async () => {
    for (const node of running) await node.close();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const configOf = (name: string, rest: Record<string, unknown> = {}) => nodeConfig.parse({
    name, server: cluster.server.replace('127.0.0.1', '127.0.0.2'), authority, dataDir: join(folder, name), addresses: ['127.0.0.1'], healthPort: 0,
    plugins: { '@keelson/node': { exactName: true, nodeName: name, hostIp: '127.0.0.1', podCidr: '10.244.7.0/24', runtime: 'sim', root: join(folder, name, 'pods') } },
    ...rest,
  });
  const start = async (name: string, rest: Record<string, unknown> = {}): Promise<RunningNode> => {
    const node = await runNode({ config: configOf(name, rest), clock, random: seededRandom(name), log: silentLogger, environment: {}, signal: new AbortController().signal });
    running.push(node);
    return node;
  };
  const event = <T>(kind: Parameters<ApiClient['watch']>[0], done: (event: WatchEvent<never>) => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const watch = admin.watch(kind, {}, {
        event: (seen) => {
          const found = done(seen as never);
          if (found === undefined) return;
          watch.stop();
          resolve(found);
        },
        end: reject as never,
      });
    });

  it('joins by a token, is a node with certificates of its own, and runs pods', async () => {
    const entry = await openToNodes(admin, { server: cluster.server, authority, clock });
    const ready = event(Node, ({ object }: WatchEvent<Node>) => (object.metadata.name === 'one' && object.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ? object : undefined));
    await start('one', { bootstrapToken: entry.token });
    expect((await ready).spec).toMatchObject({ podCIDR: '10.244.7.0/24' });
    const key = join(folder, 'one/pki/node-client.key');
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(new X509Certificate(readFileSync(join(folder, 'one/pki/node-client.crt'))).subject).toBe('O=system:nodes\nCN=system:node:one');

    const issued = await event(CertificateSigningRequest, ({ object }: WatchEvent<CertificateSigningRequest>) => (object.spec.signerName === 'kubernetes.io/kubelet-serving' && object.status?.certificate !== undefined ? object : undefined));
    expect(issued.spec.username).toBe('system:node:one');
    const serving = new X509Certificate(Buffer.from(issued.status!.certificate!, 'base64'));
    expect(serving.checkIP('127.0.0.1')).toBe('127.0.0.1');

    await admin.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'example.org/x' }] } } as unknown as PodObject);
    const pod = await event(Pod, ({ object }: WatchEvent<Pod>) => (object.status?.phase === 'Running' ? object : undefined));
    expect(pod.spec.nodeName).toBe('one');

    await entry.withdraw();
    expect((await admin.list(Secret, { namespace: 'kube-system', fieldSelector: 'type=bootstrap.kubernetes.io/token' })).items).toEqual([]);
  });

  it('comes back with its certificate alone, and sends its spans to the control plane', async () => {
    await running.splice(0)[0]!.close();
    const before = (await admin.list(CertificateSigningRequest)).items.length;
    await start('one');
    expect((await admin.list(CertificateSigningRequest)).items.length).toBe(before);
    const started = new Promise<void>((resolve) => {
      const stop = cluster.cluster.tracing.ring.onSpan(({ name }) => {
        if (name !== 'start container') return;
        stop();
        resolve();
      });
    });
    await admin.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'q', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'example.org/x' }] } } as unknown as PodObject);
    await event(Pod, ({ object }: WatchEvent<Pod>) => (object.metadata.name === 'q' && object.status?.phase === 'Running' ? object : undefined));
    await started;
  });

  it('a node may not be another one, nor anybody who shows a wrong token', async () => {
    await expect(start('two')).rejects.toMatchObject({ code: 'KEEL_NODE_JOIN' });
    await expect(start('two', { bootstrapToken: 'abcdef.0123456789abcdef' })).rejects.toMatchObject({ reason: 'Unauthorized' });
    expect(existsSync(join(folder, 'two/pki/node-client.crt'))).toBe(false);
    const transport = httpTransport({ server: cluster.server, ca: authority, cert: readFileSync(join(folder, 'one/pki/node-client.crt'), 'utf8'), key: readFileSync(join(folder, 'one/pki/node-client.key'), 'utf8') }, { clock, random: seededRandom('x') });
    await expect(apiClient(transport).delete({ kind: Secret, ref: { namespace: 'kube-system', name: 'x' } })).rejects.toMatchObject({ reason: 'Forbidden' });
    transport.close();
  });

  it('a configuration for a plugin that is not there is refused', async () => {
    await expect(start('one', { plugins: { '@keelson/none': {} } })).rejects.toThrow('plugin @keelson/none is not in the node preset');
  });
});
