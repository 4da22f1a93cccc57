import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { BootedCluster as Booted, BootOptions } from '@keelson/distro/boot';
import type { NodeConfig } from '@keelson/distro/node-host';
import { containerdPaths, cgroupOf, Hosts, type HostPlan, systemPrograms } from '@keelson/hosts';
import { CliError } from '../errors.ts';
import type { HostPrograms } from '../doctor/host-parts.ts';

/** What `up --hosts` adds to the options of boot. */
export interface HostedOptions {
  readonly hosts: number;
  readonly hostRuntime: 'cri' | 'sim' | 'process';
  readonly cni: string;
  readonly proxy: string;
  readonly ingress: string;
  readonly hostsNetwork: string | undefined;
}

/** What the machine gives: programs, images, and the way to start this program again. */
export interface HostedMachine {
  readonly programs: HostPrograms;
  readonly images: readonly string[];
  readonly self: readonly string[];
}

const sandboxImage = 'registry.k8s.io/pause:3.9';

/**
 * Boots a control plane without nodes, beside it hosts with containerd and an agent each, and resolves when all nodes are
 * ready. Closing switches the hosts off before the control plane goes.
 */
export async function bootWithHosts(boot: (options: BootOptions) => Promise<Booted>, options: BootOptions & HostedOptions, machine: HostedMachine): Promise<Booted> {
  const { clock, log, environment, dataDir, onStep = () => undefined } = options;
  const signal = options.signal ?? new AbortController().signal;
  const [{ choicesIn, hostSettings, nodePresetNames }, { nodesReady, openToNodes }, { apiClient }, { fileKeyFolder }] = await Promise.all([
    import('@keelson/distro/node-host'), import('@keelson/distro/join'), import('@keelson/client'), import('@keelson/kernel/apiserver/pki'),
  ]);
  const preset = await nodePresetNames();
  refuseUnknown('--cni', options.cni, choicesIn(preset, 'cni'));
  refuseUnknown('--proxy', options.proxy, choicesIn(preset, 'proxy'));
  if (options.ingress !== 'none') refuseUnknown('--ingress', options.ingress, [...choicesIn(preset, 'ingress'), 'none']);
  const withContainers = options.hostRuntime === 'cri';
  onStep(`Making ${options.hosts} hosts`);
  const hosts = await Hosts.open({
    dataDir, count: options.hosts, subnet: options.hostsNetwork, podCidrMask: 24, images: withContainers ? machine.images : [],
    ...(withContainers ? { containerd: { ...machine.programs, sandboxImage } } : {}),
    programs: systemPrograms, clock, log, environment,
  });
  let cluster: Booted | undefined;
  try {
    const containerds = hosts.startContainerds(signal);
    containerds.catch(() => undefined); // awaited below
    cluster = await boot({ ...options, nodes: 0, runtime: 'sim', moreAddresses: [hosts.plan.gateway] });
    const { gateway, id } = hosts.plan;
    const server = `https://${gateway}:${new URL(cluster.server).port}`;
    const authority = (await fileKeyFolder(join(dataDir, 'pki')).read('ca.crt')) ?? '';
    const api = apiClient(cluster.cluster.transportFor(cluster.cluster.server.context.self));
    onStep('Joining nodes');
    const entry = await openToNodes(api, { server, authority, clock });
    await containerds;
    const since = clock.now();
    const hopeless = hosts.startAgents((host) => {
      const paths = containerdPaths(host);
      const containerd = withContainers ? { ...paths, sandboxImage } : undefined;
      const settings = hostSettings(preset, { ...host, clusterCidr: hosts.plan.podCidr, cgroup: `${cgroupOf(id)}/${host.name}`, containerd }, { runtime: options.hostRuntime, cni: options.cni, proxy: options.proxy, ingress: options.ingress });
      if (withContainers && !preset.has('@keelson/cni-chain')) writeBridgeNetwork(paths.cniConfDir, host);
      const config: NodeConfig = {
        name: host.name, server, authority, bootstrapToken: entry.token, dataDir: host.dataDir, addresses: [host.address], healthPort: 10_248, logLevel: 'info', ...settings,
      };
      return [...machine.self, 'node', 'run', '--config', writeConfig(host, config)] as unknown as readonly [string, ...string[]];
    });
    await Promise.race([nodesReady(api, hosts.plan.hosts.map(({ name }) => name), since, signal), hopeless]);
    await entry.withdraw();
    const { close, failed } = cluster;
    return { ...cluster, failed, close: () => hosts.close().finally(close) };
  } catch (error) {
    await hosts.close();
    await cluster?.close();
    throw error;
  }
}

function refuseUnknown(flag: string, chosen: string, known: readonly string[]): void {
  if (known.length === 0 || known.includes(chosen)) return;
  throw new CliError('KEEL_USAGE_FLAG', `${flag} ${chosen} is not known: use ${known.join(', ')}`);
}

/** Holds a token, so it is for its owner alone. */
function writeConfig({ dataDir }: HostPlan, config: NodeConfig): string {
  const file = join(dataDir, 'node.yaml');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  writeFileSync(file, stringify(config), { mode: 0o600 });
  return file;
}

/** Where the node preset has no pod network of its own, the standard bridge plugin joins the pods of one host. */
function writeBridgeNetwork(folder: string, { podCidr: subnet, runDir }: HostPlan): void {
  writeFileSync(join(folder, '10-bridge.conflist'), JSON.stringify({
    cniVersion: '0.4.0', name: 'bridge',
    plugins: [
      { type: 'bridge', bridge: 'cni0', isDefaultGateway: true, hairpinMode: true, ipam: { type: 'host-local', dataDir: join(runDir, 'cni/networks'), ranges: [[{ subnet }]] } },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  }, undefined, 2));
}
