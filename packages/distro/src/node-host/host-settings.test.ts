import { inspect } from '../inspect.ts';
import { choicesIn, hostSettings, nodePresetNames, type AgentHost } from './host-settings.ts';
import { nodeDistribution } from './node-distribution.ts';

const host: AgentHost = {
  name: 'host1', address: '10.99.0.1', podCidr: '10.244.0.0/24', clusterCidr: '10.244.0.0/16', dataDir: '/data/host1', runDir: '/run/keelson/a/host1', cgroup: '/keelson-a/host1',
  containerd: { socket: '/run/c.sock', cniConfDir: '/run/net.d', cniBinDir: '/run/bin', sandboxImage: 'example.org/pause:1' },
};
const choice = { runtime: 'cri', cni: 'flannel-vxlan', proxy: 'nftables', ingress: 'built-in' };

test('only the chosen variants run, and each plugin is told where it is', () => {
  const preset = new Set(['@keelson/node', '@keelson/runtime-cri', '@keelson/runtime-sim', '@keelson/cni-chain', '@keelson/cni-flannel-vxlan', '@keelson/cni-bridge', '@keelson/proxy-core', '@keelson/proxy-nftables', '@keelson/proxy-userspace']);
  const { without, plugins } = hostSettings(preset, host, choice);
  expect(without).toEqual(['@keelson/runtime-sim', '@keelson/cni-bridge', '@keelson/proxy-userspace']);
  expect(Object.keys(plugins)).toEqual(['@keelson/node', '@keelson/runtime-cri', '@keelson/cni-chain', '@keelson/cni-flannel-vxlan', '@keelson/proxy-core']);
  expect(plugins['@keelson/node']).toMatchObject({ exactName: true, nodeName: 'host1', hostIp: '10.99.0.1', podCidr: '10.244.0.0/24', runtime: 'cri', cgroupRoot: '/keelson-a/host1' });
  expect(plugins['@keelson/node']).not.toHaveProperty('clusterDns');
});

test('without an ingress, nothing of it runs', async () => {
  const preset = await nodePresetNames();
  expect(hostSettings(preset, host, { ...choice, ingress: 'none' }).without).toEqual(expect.arrayContaining(['@keelson/ingress-core', '@keelson/ingress-built-in']));
  expect(hostSettings(preset, host, choice)).toMatchObject({ without: expect.not.arrayContaining(['@keelson/ingress-core']), plugins: { '@keelson/ingress-core': { defaultClass: 'built-in' }, '@keelson/ingress-built-in': { address: '10.99.0.1', httpPort: 80 } } });
});

test('names of variants for the command line', () => {
  expect(choicesIn(new Set(['@keelson/cni-chain', '@keelson/cni-flannel-vxlan', '@keelson/cni-bridge', '@keelson/proxy-core']), 'cni')).toEqual(['bridge', 'flannel-vxlan']);
});

test.each(['cri', 'sim', 'process'])('the real preset is wired without a problem with the runtime %s', async (runtime) => {
  const preset = await nodePresetNames();
  for (const cni of choicesIn(preset, 'cni')) {
    const settings = hostSettings(preset, host, { ...choice, runtime, cni });
    expect(inspect(await nodeDistribution(settings)).plugins.map(({ name }) => name)).toContain(`@keelson/cni-${cni}`);
  }
});
