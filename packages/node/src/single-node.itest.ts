import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Event, Node, Pod, type PodSpec } from '@keelson/api/core/v1';
import { defineDistribution, use } from '@keelson/distro';
import runtimeSim from '@keelson/runtime-sim';
import { definePlugin } from '@keelson/sdk';
import { PodNetwork, type PodNetworkStatus } from '@keelson/sdk/cni';
import { cluster, type TestCluster } from '@keelson/testing';
import nodeAgent from './plugin.ts';

let at: TestCluster;
let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'keelson-single-'))));
afterEach(async () => {
  await at.close();
  expect(at.clock.pending).toBe(0);
  rmSync(folder, { recursive: true });
});

/** A network whose state the test sets. */
class FakeNetwork {
  state: PodNetworkStatus = { ready: true };
  readonly #listeners = new Set<() => void>();

  set(state: PodNetworkStatus): void {
    this.state = state;
    for (const listener of this.#listeners) listener();
  }

  plugin() {
    const network: PodNetwork = {
      name: 'fake',
      add: () => Promise.reject(new Error('not used')),
      del: () => Promise.resolve(),
      check: () => Promise.resolve(),
      gc: () => Promise.resolve(),
      status: () => this.state,
      onStatus: (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
    };
    return definePlugin({ name: '@test/network', version: '0.1.0', kind: 'cni', summary: 'a network that the test controls', provides: [PodNetwork], setup: () => [PodNetwork.provide(network)] });
  }
}

async function boot(config: object, network?: FakeNetwork): Promise<TestCluster> {
  const plugins = [runtimeSim, use(nodeAgent, { exactName: true, nodeName: 'host-a', hostIp: '192.0.2.7', podCidr: '10.9.0.0/24', ...config } as never), ...(network === undefined ? [] : [network.plugin()])];
  at = await cluster(defineDistribution({ name: 'single', version: '0.1.0', plugins }), { seed: 'single' });
  await at.advance('1s');
  return at;
}

async function run(name: string, spec: Partial<PodSpec> = {}): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName: 'host-a', containers: [{ name: 'main', image: 'i' }], ...spec } };
  await at.api.create(object as unknown as Pod);
}
const get = (name: string) => at.api.get(Pod, { namespace: 'default', name });
const node = async () => (await at.api.get(Node, { name: 'host-a' }))!;
const ready = async () => (await node()).status?.conditions?.find(({ type }) => type === 'Ready');
async function events(name: string): Promise<readonly string[]> {
  const { items } = await at.api.list(Event, { namespace: 'default' });
  return items.filter(({ involvedObject }) => involvedObject.name === name).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
}

describe('one node', () => {
  it('has the name, address and range that it is given', async () => {
    await boot({});
    expect(await node()).toMatchObject({ spec: { podCIDR: '10.9.0.0/24' }, status: { addresses: [{ type: 'InternalIP', address: '192.0.2.7' }, { type: 'Hostname', address: 'host-a' }] } });
    await run('web');
    await at.advance('1s');
    expect((await get('web'))?.status).toMatchObject({ phase: 'Running', podIP: '10.9.0.2', hostIP: '192.0.2.7' });
  });

  it('says that its network is away, runs only pods on its own until it is back, and then the others at once', async () => {
    const network = new FakeNetwork();
    await boot({}, network);
    expect(await ready()).toMatchObject({ status: 'True' });
    network.set({ ready: false, reason: 'no conflist in /etc/cni/net.d' });
    await at.advance(0);
    const fault = 'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: no conflist in /etc/cni/net.d';
    expect(await ready()).toMatchObject({ status: 'False', reason: 'KubeletNotReady', message: fault });
    await run('waits');
    await run('own', { hostNetwork: true });
    await at.advance('1s');
    expect((await get('own'))?.status?.phase).toBe('Running');
    expect((await get('waits'))?.status?.phase).toBe('Pending');
    expect(await events('waits')).toEqual([`Warning NetworkNotReady: network is not ready: ${fault}`]);
    network.set({ ready: true });
    await at.advance(30);
    expect((await get('waits'))?.status?.phase).toBe('Running');
    expect(await ready()).toMatchObject({ status: 'True', reason: 'KubeletReady' });
  });

  it('refuses what it has no room for, and takes what fits', async () => {
    await boot({ capacity: { cpu: '1', pods: '3' } });
    const half = { containers: [{ name: 'main', image: 'i', resources: { requests: { cpu: '600m' } } }] };
    await run('first', half);
    await run('second', half);
    await run('third', { nodeSelector: { disk: 'ssd' } });
    await at.advance('1s');
    expect((await get('first'))?.status?.phase).toBe('Running');
    const message = "Node didn't have enough resource: cpu, requested: 600, used: 600, capacity: 1000";
    const refused = (await get('second'))!.status!;
    expect(refused).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu', message: `Pod was rejected: ${message}` });
    expect(refused.containerStatuses).toBeUndefined();
    expect(await events('second')).toEqual([`Warning OutOfcpu: ${message}`]);
    expect((await get('third'))?.status).toMatchObject({ phase: 'Failed', reason: 'NodeAffinity' });
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'second' } });
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'first' } });
    await at.advance('2s');
    expect(await get('second')).toBeUndefined();
    await run('fourth', half);
    await at.advance('1s');
    expect((await get('fourth'))?.status?.phase).toBe('Running');
  });

  it('runs containers that are added for debugging, once', async () => {
    await boot({});
    await run('web', {});
    await at.advance('1s');
    const ephemeralContainers = [{ name: 'debug', image: 'tools', targetContainerName: 'main', stdin: true, tty: true }];
    await at.api.patch(Pod, { namespace: 'default', name: 'web' }, { type: 'strategic', body: { spec: { ephemeralContainers } } }, { subresource: 'ephemeralcontainers' });
    await at.advance('1s');
    const status = (await get('web'))!.status!;
    expect(status.ephemeralContainerStatuses).toMatchObject([{ name: 'debug', image: 'tools', restartCount: 0, state: { running: {} } }]);
    expect(status).toMatchObject({ phase: 'Running', containerStatuses: [{ ready: true, restartCount: 0 }] });
    expect(await events('web')).toContain('Normal Started: Started container debug');
  });

  it('waits for the range that the cluster gives it', async () => {
    const booting = boot({ podCidr: '' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await booting.catch(() => undefined);
    expect(await ready()).toMatchObject({ status: 'False', reason: 'KubeletNotReady' });
    await at.api.patch(Node, { name: 'host-a' }, { type: 'merge', body: { spec: { podCIDR: '10.7.3.0/24', podCIDRs: ['10.7.3.0/24'] } } });
    await at.advance('1s');
    expect(await ready()).toMatchObject({ status: 'True' });
    await run('web');
    await at.advance('1s');
    expect((await get('web'))?.status?.podIP).toBe('10.7.3.2');
  });
});

describe('static pods', () => {
  const manifest = (image: string): string => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: proxy\n  namespace: default\nspec:\n  containers:\n  - name: main\n    image: ${image}\n    resources:\n      requests: {cpu: 1}\n`;

  /** Folders are watched in real time. */
  async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; !(await condition()); tries++) {
      if (tries > 200) throw new Error(`${what}: not so in time`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      await at.advance(100);
    }
  }

  it('run without the API, are shown in it, and follow their file', async () => {
    writeFileSync(join(folder, 'proxy.yaml'), manifest('one'));
    writeFileSync(join(folder, 'broken.yaml'), 'kind: [');
    await boot({ staticPodPath: folder });
    await until('the mirror runs', async () => (await get('proxy-host-a'))?.status?.phase === 'Running');
    const mirror = (await get('proxy-host-a'))!;
    expect(mirror.metadata).toMatchObject({
      annotations: { 'kubernetes.io/config.source': 'file', 'kubernetes.io/config.mirror': mirror.metadata.annotations!['kubernetes.io/config.hash'] },
      ownerReferences: [{ kind: 'Node', name: 'host-a' }],
    });
    expect(mirror.status).toMatchObject({ podIP: '10.9.0.2', containerStatuses: [{ ready: true, image: 'one' }] });

    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'proxy-host-a' } }, { gracePeriodSeconds: 0 });
    await until('it is shown again', async () => (await get('proxy-host-a'))?.status?.phase === 'Running');
    const again = (await get('proxy-host-a'))!;
    expect(again.metadata.uid).not.toBe(mirror.metadata.uid);
    expect(again.status!.containerStatuses![0]!.containerID).toBe(mirror.status!.containerStatuses![0]!.containerID);

    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'proxy-host-a' } });
    await until('it is shown a third time', async () => ![mirror.metadata.uid, again.metadata.uid, undefined].includes((await get('proxy-host-a'))?.metadata.uid));

    writeFileSync(join(folder, 'proxy.yaml'), manifest('two'));
    await until('the new one runs', async () => (await get('proxy-host-a'))?.status?.containerStatuses?.[0]?.image === 'two');
    rmSync(join(folder, 'proxy.yaml'));
    await until('it is gone', async () => (await get('proxy-host-a')) === undefined);
  });
});
