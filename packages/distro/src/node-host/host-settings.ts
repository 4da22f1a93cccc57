import { join } from 'node:path';
import type { NodeConfig } from './node-config.ts';

/** A host on which an agent is to run. */
export interface AgentHost {
  /** Also the node's name. */
  readonly name: string;
  readonly address: string;
  readonly podCidr: string;
  /** Range of all nodes' pods. */
  readonly clusterCidr: string;
  /** Kept between runs. */
  readonly dataDir: string;
  /** Gone with the power. */
  readonly runDir: string;
  /** Cgroup that the host's pods are below. */
  readonly cgroup: string;
  /** Of the host's containerd. */
  readonly containerd?: { readonly socket: string; readonly cniConfDir: string; readonly cniBinDir: string; readonly sandboxImage: string } | undefined;
}

/** What the user chose for all hosts. */
export interface HostChoice {
  readonly runtime: string;
  /** Name of a CNI variant: its plugin is `@keelson/cni-<name>`. */
  readonly cni: string;
  /** Name of a mode of the service proxy: its plugin is `@keelson/proxy-<name>`. */
  readonly proxy: string;
  /** Name of an ingress proxy: its plugin is `@keelson/ingress-<name>`; `none`: no ingress. */
  readonly ingress: string;
}

/** Serve every variant; the others of their kind are variants. */
const shared = new Set(['@keelson/cni-chain', '@keelson/cni-host-local', '@keelson/cni-netlink', '@keelson/proxy-core', '@keelson/ingress-core']);

/**
 * Which plugins of the node preset run on a host, and with what. A variant that was not chosen is left out, since it
 * would program its own routes and rules. Plugins that the preset does not have are passed over.
 */
export function hostSettings(preset: ReadonlySet<string>, host: AgentHost, { runtime, cni, proxy, ingress }: HostChoice): Pick<NodeConfig, 'without' | 'plugins'> {
  const chosen = new Set([`@keelson/cni-${cni}`, `@keelson/proxy-${proxy}`, `@keelson/runtime-${runtime}`, `@keelson/ingress-${ingress}`]);
  const without = [...preset].filter((name) => /^@keelson\/(cni|proxy|runtime|ingress)-/.test(name) && (!shared.has(name) || (ingress === 'none' && name === '@keelson/ingress-core')) && !chosen.has(name));
  const hasDns = preset.has('@keelson/dns-server');
  const wanted: NodeConfig['plugins'] = {
    '@keelson/node': {
      exactName: true, nodeName: host.name, hostIp: host.address, podCidr: host.podCidr, runtime, root: join(host.dataDir, 'node'), cgroupRoot: host.cgroup,
      ...(hasDns ? { clusterDns: [clusterDnsAddress] } : {}),
    },
    '@keelson/runtime-process': { root: join(host.dataDir, 'process') },
    ...(host.containerd === undefined ? {} : {
      '@keelson/runtime-cri': {
        socket: host.containerd.socket, sandboxImage: host.containerd.sandboxImage, cniConfDir: host.containerd.cniConfDir, cniBinDir: host.containerd.cniBinDir,
        cniSocket: join(host.runDir, 'cni.sock'), logRoot: join(host.dataDir, 'node/logs'), cgroupRoot: host.cgroup,
      },
    }),
    // Addresses end with the pods that had them, which end with the host's power.
    '@keelson/cni-chain': { variant: cni, root: join(host.runDir, 'cni') },
    '@keelson/cni-host-local': { root: join(host.runDir, 'cni/networks') },
    ...(/^flannel-/.test(cni) ? { [`@keelson/cni-${cni}`]: { nodeName: host.name, clusterCidr: host.clusterCidr } } : {}),
    '@keelson/cni-bridge': { clusterCidrs: [host.clusterCidr] },
    '@keelson/proxy-core': { mode: proxy, nodeName: host.name },
    '@keelson/ingress-core': { defaultClass: ingress },
    '@keelson/ingress-built-in': { address: host.address, httpPort: 80, httpsPort: 443 },
    '@keelson/dns-server': { listen: [{ address: host.address, port: 53 }], publish: { nodeName: host.name, address: host.address } },
  };
  return { without, plugins: Object.fromEntries(Object.entries(wanted).filter(([name]) => preset.has(name) && !without.includes(name))) };
}

/** Of Service kube-system/kube-dns. */
export const clusterDnsAddress = '10.96.0.10';

/** Names of the plugins of the node preset. */
export async function nodePresetNames(): Promise<ReadonlySet<string>> {
  const [{ node }, { resolveDistribution }] = await Promise.all([import('../presets/node.ts'), import('../resolve.ts')]);
  return new Set(resolveDistribution(node).plugins.keys());
}

/** Names that `--cni`, `--proxy` and `--ingress` take. */
export function choicesIn(preset: ReadonlySet<string>, kind: 'cni' | 'proxy' | 'ingress'): readonly string[] {
  const prefix = `@keelson/${kind}-`;
  return [...preset].filter((name) => name.startsWith(prefix) && !shared.has(name)).map((name) => name.slice(prefix.length)).sort();
}
