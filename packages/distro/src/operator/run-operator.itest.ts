import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineKind, type KubeObject } from '@keelson/api';
import { CustomResourceDefinition } from '@keelson/api/apiextensions/v1';
import { Pod } from '@keelson/api/core/v1';
import { apiClient } from '@keelson/client';
import { fileKeyFolder, openClusterPki, writeKubeconfig } from '@keelson/kernel/apiserver';
import { FilterPolicies } from '@keelson/sdk/scheduler';
import { definePlugin, seededRandom, silentLogger, type Clock, type Logger, type Plugin } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { bootCluster, type BootedCluster } from '../boot/index.ts';
import { defineDistribution } from '../definition.ts';
import { resolveDistribution } from '../resolve.ts';
import { folderOf } from '../testdata/fixtures.ts';
import { runOperator, type OperatorOptions } from './run-operator.ts';

interface Gadget extends KubeObject {
  readonly spec?: { readonly size: number };
}
const Gadget = defineKind<Gadget>({ group: 'example.org', version: 'v1', kind: 'Gadget' });

/** Makes a pod for each gadget. */
const maker = definePlugin({
  name: '@acme/maker', version: '1.0.0', kind: 'controller', summary: 'makes a pod for each gadget', crds: [Gadget],
  rbac: [
    { groups: ['example.org'], resources: ['gadgets'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['pods'], verbs: ['create', 'list', 'watch'] },
  ],
  setup: () => [
    controller<Gadget>({
      name: 'maker', for: Gadget, owns: [Pod], leaderElection: 'maker',
      async reconcile({ metadata: { name, namespace } }, { api, caches }) {
        if (caches.get(Pod, { name: name!, namespace }) !== undefined) return;
        await api.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: name!, namespace }, spec: { containers: [{ name: 'c', image: 'example.org/x' }] } } as unknown as Pod);
      },
    }),
  ],
}) as Plugin;

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

describe('runOperator', () => {
  let folder: string;
  let cluster: BootedCluster;
  const warnings: unknown[] = [];
  const log: Logger = { ...silentLogger, warn: (message, fields) => warnings.push([message, fields]), child: () => silentLogger };
  const options = (rest: Partial<OperatorOptions> = {}): OperatorOptions => ({ plugin: maker, config: {}, kubeconfig: cluster.kubeconfig, clock, random: seededRandom('operator'), log, environment: {}, ...rest });
  const admin = () => apiClient(cluster.cluster.transportFor(cluster.cluster.server.context.self));

  beforeAll(async () => {
    folder = folderOf({});
    cluster = await bootCluster({
      name: 'operated', distribution: resolveDistribution(defineDistribution({ name: 'bare', version: '1.0.0', plugins: [] })), dataDir: join(folder, 'data'),
      apiPort: 0, bindAddress: '127.0.0.1', kubeconfig: join(folder, 'kubeconfig'), storage: 'memory', storageEndpoints: [],
      clock, random: seededRandom('cluster'), log: silentLogger, environment: {}, schedule: setImmediate,
    });
  });
  afterAll(async () => {
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => warnings.splice(0));

  it('establishes its kinds, leads, works and hands its lease back', async () => {
    const operator = await runOperator(options());
    expect(operator.host.status().map(({ name, state }) => `${name} ${state}`)).toEqual(['@acme/maker ready', '@keelson/controller-runner ready']);
    const api = admin();
    expect((await api.get(CustomResourceDefinition, { name: 'gadgets.example.org' }))?.metadata.annotations).toEqual({ 'keelson.dev/plugin': '@acme/maker' });
    const made = new Promise<Pod>((resolve) => {
      const watch = api.watch(Pod, { namespace: 'default' }, { event: ({ object }) => { watch.stop(); resolve(object); }, end: () => undefined });
    });
    await api.create({ apiVersion: 'example.org/v1', kind: 'Gadget', metadata: { name: 'one', namespace: 'default' } } as Gadget);
    expect((await made).metadata).toMatchObject({ name: 'one', managedFields: [{ manager: 'acme-maker' }] });
    expect(warnings).toEqual([]);
    await operator.close();
    await operator.close();
    const lease = await cluster.cluster.transportFor(cluster.cluster.server.context.self).call({ verb: 'get', group: 'coordination.k8s.io', version: 'v1', plural: 'leases', namespace: 'kube-system', name: 'maker' });
    expect(lease).toMatchObject({ spec: { holderIdentity: '' } });
  });

  it('tells in one message what the user may not do', async () => {
    const pki = openClusterPki(fileKeyFolder(join(folder, 'data/pki')), { clock, firstServiceAddress: '10.96.0.1' });
    const client = await pki.client('viewer', { name: 'viewer', groups: [] });
    const kubeconfig = join(folder, 'viewer.kubeconfig');
    await writeKubeconfig(kubeconfig, { name: 'viewer', server: cluster.server, authority: await pki.authority(), client });
    const api = admin();
    const group = 'rbac.authorization.k8s.io';
    await api.create({ apiVersion: `${group}/v1`, kind: 'ClusterRoleBinding', metadata: { name: 'viewer' }, roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'view' }, subjects: [{ apiGroup: group, kind: 'User', name: 'viewer' }] } as never);
    const operator = await runOperator(options({ kubeconfig }));
    await operator.close();
    expect(warnings).toEqual([
      ['the user of the kubeconfig may not do all that @acme/maker asks for; let an administrator bind it to a role with these rules', { missing: ['get gadgets.example.org', 'list gadgets.example.org', 'watch gadgets.example.org', 'create pods'] }],
    ]);
  });

  it('tells which points stay empty that a plugin takes from', async () => {
    const taker = definePlugin({ name: 'taker', version: '1.0.0', kind: 'extension', summary: 'takes', requires: { filters: FilterPolicies }, setup: () => [] }) as unknown as Plugin;
    const operator = await runOperator(options({ plugin: taker, config: undefined }));
    await operator.close();
    expect(warnings).toEqual([[expect.stringContaining('taker takes from points that only other plugins fill'), { empty: [FilterPolicies.key] }]]);
  });

  it.each([
    ['a context that is not there', { context: 'gone' }, /context "gone" is not in the kubeconfig/],
    ['a kubeconfig that is not there', { kubeconfig: '/nonexistent/config' }, /kubeconfig \/nonexistent\/config cannot be read/],
    ['no pod around it', { kubeconfig: undefined }, /this process is in no pod/],
    ['a wrong configuration', { config: { keep: 1 } }, /KEEL_BAD_CONFIG/],
    ['a point that only a cluster has', { plugin: definePlugin({ ...(maker as object), kind: 'scheduler', crds: [], setup: () => [{ contributionTo: 'keelson.scheduler.filters', point: { tokenKind: 'point', key: 'keelson.scheduler.filters' }, value: {} }] } as never) as Plugin }, /fills keelson\.scheduler\.filters, which works only inside a cluster's own process/],
  ])('refuses %s', async (_title, rest, message) => {
    await expect(runOperator(options(rest as Partial<OperatorOptions>))).rejects.toThrow(message);
  });

  it('gives up where nobody answers, and stops when told so in between', async () => {
    const closed = join(folder, 'closed.kubeconfig');
    const pki = openClusterPki(fileKeyFolder(join(folder, 'data/pki')), { clock, firstServiceAddress: '10.96.0.1' });
    await writeKubeconfig(closed, { name: 'closed', server: 'https://127.0.0.1:9', authority: await pki.authority(), client: await pki.client('viewer', { name: 'viewer', groups: [] }) });
    await expect(runOperator(options({ kubeconfig: closed }))).rejects.toThrow(/the cluster at https:\/\/127\.0\.0\.1:9 cannot be asked for permissions: .*ECONNREFUSED/);
    const stop = new AbortController();
    const starting = runOperator(options({ signal: stop.signal }));
    stop.abort(new Error('stopped by a signal'));
    await expect(starting).rejects.toThrow('stopped by a signal');
  });
});
