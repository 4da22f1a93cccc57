import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Node } from '@keelson/api/core/v1';
import { InformerFactory } from '@keelson/client';
import { defineDistribution, use } from '@keelson/distro';
import { minimal } from '@keelson/distro/presets';
import nodeAgent from '@keelson/node/plugin';
import cniHostLocal from '@keelson/cni-host-local';
import cniNetlink from '@keelson/cni-netlink';
import { seededRandom, silentLogger, type Clock, type Provision } from '@keelson/sdk';
import type { Attachment, Ipam, NetLink } from '@keelson/sdk/cni';
import { noopTracer } from '@keelson/telemetry';
import { cluster, type TestCluster } from '@keelson/testing';
import { describeWith, everyPart, program, root } from '../../../tools/jest/require-part.ts';
import { BridgeAttachments, FlannelNetwork, HostPorts, type Backend } from './index.ts';

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
const within = (netns: string, program: string, ...args: string[]): string => execFileSync('nsenter', [`--net=/run/netns/${netns}`, '--', program, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
const pings = (netns: string, address: string): boolean => {
  try {
    within(netns, 'ping', '-c', '1', '-W', '2', address);
    return true;
  } catch {
    return false;
  }
};

/** Waits for what the kernel shows; there is no event for it outside. */
async function until(what: string, test: () => boolean): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (test()) return;
    await clock.sleep(30);
  }
  throw new Error(`${what} did not come true`);
}

/** What a plugin gives under its one token. */
const provided = <T>(setup: unknown): T => (setup as readonly Provision[])[0]!.value as T;

const id = process.pid % 10_000;
const fabric = `kf${id}`;
const hostName = (n: number): string => `kh${id}-${n}`;
const podName = (name: string): string => `kp${id}-${name}`;

describeWith(everyPart(root, program('ip'), program('nft'), program('ping')))('flannel between two hosts', () => {
  let test: TestCluster;
  let folder: string;
  const networks: FlannelNetwork[] = [];
  const informers: InformerFactory[] = [];
  let hosts: readonly { readonly link: NetLink; readonly variant: BridgeAttachments; readonly network: FlannelNetwork }[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keelson-flannel-'));
    ip('netns', 'add', fabric);
    ip('-n', fabric, 'link', 'add', 'br0', 'type', 'bridge');
    ip('-n', fabric, 'link', 'set', 'br0', 'up');
    for (const n of [1, 2]) {
      ip('netns', 'add', hostName(n));
      ip('-n', fabric, 'link', 'add', `h${n}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', hostName(n));
      ip('-n', fabric, 'link', 'set', `h${n}`, 'master', 'br0', 'up');
      ip('-n', hostName(n), 'addr', 'add', `10.99.0.${n}/24`, 'dev', 'eth0');
      ip('-n', hostName(n), 'link', 'set', 'eth0', 'up');
      ip('-n', hostName(n), 'link', 'set', 'lo', 'up');
    }
    test = await cluster(defineDistribution({ name: 'net', version: '1.0.0', extends: [minimal], configure: [use(nodeAgent, { nodes: 0 })] }));
    for (const n of [1, 2]) {
      await test.api.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: `host-${n}` }, spec: { podCIDR: `10.244.${n}.0/24`, podCIDRs: [`10.244.${n}.0/24`] } } as unknown as Node);
      await test.api.patch(Node, { name: `host-${n}` }, { type: 'merge', body: { status: { addresses: [{ type: 'InternalIP', address: `10.99.0.${n}` }] } } }, { subresource: 'status' });
    }
  });
  afterEach(async () => {
    for (const [i, network] of networks.splice(0).entries()) {
      await network.stop();
      await network.remove();
      await hosts[i]!.link.batch(['link del cni0']).catch(() => undefined);
    }
    for (const factory of informers.splice(0)) factory.stop();
    for (const line of ip('netns', 'list').split('\n')) if (line.startsWith(`kp${id}-`)) ip('netns', 'del', line.split(' ')[0]!);
  });
  afterAll(async () => {
    await test.close();
    for (const name of [hostName(1), hostName(2), fabric]) ip('netns', 'del', name);
    rmSync(folder, { recursive: true, force: true });
    expect(ip('netns', 'list')).not.toMatch(new RegExp(`\\bk[fhp]${id}\\b`));
  });

  async function start(backend: Backend): Promise<void> {
    hosts = await Promise.all([1, 2].map(async (n) => {
      const link = provided<NetLink>(cniNetlink.setup({ log: silentLogger, config: { netns: `/run/netns/${hostName(n)}` } }));
      const factory = new InformerFactory({ client: test.api, clock, random: seededRandom(`host ${n}`), log: silentLogger });
      informers.push(factory);
      const network = new FlannelNetwork({
        backend, nodeName: `host-${n}`, clusterCidr: '10.244.0.0/16', masqueradeTable: 'keelson-masquerade', vni: 1, port: 8472,
        api: test.api, informers: factory, link, clock, tracer: noopTracer, log: silentLogger,
      });
      networks.push(network);
      await network.start();
      await network.whenReady(AbortSignal.timeout(5000));
      const variant = new BridgeAttachments({
        name: backend, ipam: provided<Ipam>(cniHostLocal.setup({ config: { root: join(folder, backend, String(n)) } })), link, hostPorts: new HostPorts(link, 'keelson-host-ports'), bridge: 'cni0',
        mtu: () => network.podMtu, hostReady: (signal) => network.whenReady(signal),
      });
      return { link, variant, network };
    }));
  }
  function attachment(n: number, name: string, portMappings: Attachment['portMappings'] = []): Attachment {
    return {
      containerId: name, netns: `/run/netns/${podName(name)}`, ifName: 'eth0', pod: { uid: name, name, namespace: 'default' },
      node: { name: `host-${n}`, address: `10.99.0.${n}`, podCidr: `10.244.${n}.0/24` }, portMappings,
    };
  }
  async function addPod(n: number, name: string, ports: Attachment['portMappings'] = []): Promise<string> {
    ip('netns', 'add', podName(name));
    const { ips } = await hosts[n - 1]!.variant.add(attachment(n, name, ports), AbortSignal.timeout(5000));
    return ips[0]!.address.split('/')[0]!;
  }

  it.each(['host-gw', 'vxlan', 'mixed'] as const)('%s: pods reach each other on one host and across, and themselves; what is broken is mended', async (backend) => {
    await start(backend);
    const [one, two, far] = [await addPod(1, 'one'), await addPod(1, 'two'), await addPod(2, 'far')];
    expect([one, two, far]).toEqual(['10.244.1.2', '10.244.1.3', '10.244.2.2']);
    await until('a route to host 2', () => within(hostName(1), 'ip', 'route', 'show', '10.244.2.0/24') !== '');
    await until('a route to host 1', () => within(hostName(2), 'ip', 'route', 'show', '10.244.1.0/24') !== '');
    expect(within(hostName(1), 'ip', 'route', 'show', '10.244.2.0/24').trim()).toBe(
      backend === 'vxlan' ? '10.244.2.0/24 via 10.244.2.0 dev flannel.1 proto 84 onlink' : '10.244.2.0/24 via 10.99.0.2 dev eth0 proto 84',
    );
    expect([pings(podName('one'), two), pings(podName('one'), far), pings(podName('far'), one), pings(podName('one'), '10.99.0.2'), pings(hostName(2), one)]).toEqual([true, true, true, true, true]);
    // Again: nothing changes.
    await hosts[0]!.variant.add(attachment(1, 'one'), AbortSignal.timeout(5000));
    await hosts[0]!.variant.check(attachment(1, 'one'));
    expect(within(podName('one'), 'ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0')).toContain('10.244.1.2/24');
    expect(within(podName('one'), 'ip', 'link', 'show', 'eth0')).toContain(backend === 'host-gw' ? ' mtu 1500 ' : ' mtu 1450 ');

    within(hostName(1), 'ip', 'route', 'del', '10.244.2.0/24');
    await until('the route back', () => within(hostName(1), 'ip', 'route', 'show', '10.244.2.0/24') !== '');
    if (backend === 'vxlan') {
      within(hostName(1), 'ip', 'link', 'del', 'flannel.1');
      await until('the tunnel back', () => pings(podName('one'), far));
      within(hostName(2), 'bridge', 'fdb', 'del', JSON.parse(within(hostName(1), 'ip', '-json', 'link', 'show', 'flannel.1'))[0].address as string, 'dst', '10.99.0.1', 'dev', 'flannel.1');
      await until('the forwarding entry back', () => within(hostName(2), 'bridge', 'fdb', 'show', 'dev', 'flannel.1').includes('10.99.0.1'));
      expect(pings(podName('far'), one)).toBe(true);
    }
    await hosts[0]!.variant.del(attachment(1, 'one'));
    await hosts[0]!.variant.del(attachment(1, 'one'));
    await expect(hosts[0]!.variant.check(attachment(1, 'one'))).rejects.toMatchObject({ code: 'KEEL_CNI_CHECK' });
    expect(within(hostName(1), 'ip', '-o', 'link', 'show', 'master', 'cni0').trim().split('\n')).toHaveLength(1);
  });

  it('leads ports of the host into pods, and gives them back', async () => {
    await start('host-gw');
    const address = await addPod(1, 'web', [{ protocol: 'TCP', containerPort: 8080, hostPort: 18080 }]);
    expect(within(hostName(1), 'nft', 'list', 'map', 'ip', 'keelson-host-ports', 'ports')).toContain(`tcp . 18080 : ${address} . 8080`);
    await expect(addPod(1, 'other', [{ protocol: 'TCP', containerPort: 80, hostPort: 18080 }])).rejects.toThrow('host port 18080/TCP is in use by another pod of this node');
    await hosts[0]!.variant.gc(new Set());
    expect(within(hostName(1), 'nft', 'list', 'map', 'ip', 'keelson-host-ports', 'ports')).not.toContain('18080');
  });

  it('forgets a node that is gone, and learns of one that comes', async () => {
    await start('vxlan');
    await until('a route to host 2', () => within(hostName(1), 'ip', 'route', 'show', 'proto', '84').includes('10.244.2.0/24'));
    await test.api.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'host-3', annotations: { 'flannel.alpha.coreos.com/public-ip': '10.99.0.3', 'flannel.alpha.coreos.com/backend-data': '{"VNI":1,"VtepMAC":"02:00:00:00:00:03"}' } }, spec: { podCIDR: '10.244.3.0/24' } } as unknown as Node);
    await until('a route to host 3', () => within(hostName(1), 'ip', 'route', 'show', 'proto', '84').includes('10.244.3.0/24'));
    expect(within(hostName(1), 'bridge', 'fdb', 'show', 'dev', 'flannel.1')).toContain('02:00:00:00:00:03 dst 10.99.0.3');
    expect(within(hostName(1), 'ip', 'neigh', 'show', 'dev', 'flannel.1')).toContain('10.244.3.0 lladdr 02:00:00:00:00:03 PERMANENT');
    await test.api.delete({ kind: Node, ref: { name: 'host-3' } });
    await until('the route gone', () => !within(hostName(1), 'ip', 'route', 'show', 'proto', '84').includes('10.244.3.0/24'));
    await until('the forwarding entry gone', () => !within(hostName(1), 'bridge', 'fdb', 'show', 'dev', 'flannel.1').includes('02:00:00:00:00:03'));
  });
});
