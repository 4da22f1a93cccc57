import { isAbsolute, resolve } from 'node:path';
import { CliError } from '../errors.ts';
import { integer } from './whole-number.ts';
import type { RuntimeKind, StorageKind } from '../seams.ts';

/** Flags of `up`, as commander gives them. */
export interface UpFlags {
  readonly name?: string;
  readonly distribution?: string;
  readonly dataDir?: string;
  readonly apiPort?: string;
  readonly bindAddress?: string;
  readonly kubeconfig?: string;
  readonly nodes?: string;
  readonly runtime?: string;
  readonly hosts?: string;
  readonly cni?: string;
  readonly proxy?: string;
  readonly ingress?: string;
  readonly hostsNetwork?: string;
  readonly storage?: string;
  readonly storageEndpoints?: string;
  readonly wait?: string;
  readonly seed?: string;
  readonly logLevel?: string;
  readonly output?: string;
}

/** Checked settings of a cluster. */
export interface UpSettings {
  readonly apiPort: number;
  readonly bindAddress: string;
  readonly nodes: number;
  readonly runtime: RuntimeKind | 'cri';
  /** 0: nodes are in this process. */
  readonly hosts: number;
  readonly cni: string;
  readonly proxy: string;
  readonly ingress: string;
  readonly hostsNetwork: string | undefined;
  readonly storage: StorageKind;
  readonly storageEndpoints: readonly string[];
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
}

/** Checks flags against each other; throws KEEL_USAGE_… naming the flag and what it takes. */
export function settingsOf(flags: UpFlags): UpSettings {
  const storage = oneOf('--storage', flags.storage ?? (flags.storageEndpoints === undefined ? 'embedded' : 'etcd'), ['memory', 'embedded', 'etcd']);
  const storageEndpoints = (flags.storageEndpoints ?? '').split(',').map((endpoint) => endpoint.trim()).filter((endpoint) => endpoint !== '');
  if (storage === 'etcd' && storageEndpoints.length === 0) {
    throw new CliError('KEEL_USAGE_STORAGE', '--storage etcd needs --storage-endpoints, for example http://127.0.0.1:2379');
  }
  if (storage !== 'etcd' && storageEndpoints.length > 0) {
    throw new CliError('KEEL_USAGE_STORAGE', `--storage-endpoints is for --storage etcd, not for ${storage}`);
  }
  for (const endpoint of storageEndpoints) checkEndpoint(endpoint);
  return {
    apiPort: integer('--api-port', flags.apiPort ?? '6443', 0, 65_535),
    bindAddress: flags.bindAddress ?? '127.0.0.1',
    ...nodesOf(flags),
    storage,
    storageEndpoints,
    logLevel: oneOf('--log-level', flags.logLevel ?? 'warn', ['debug', 'info', 'warn', 'error']),
  };
}

/** Nodes are either in this process or on hosts. */
function nodesOf({ hosts: hostsFlag, nodes, runtime, cni, proxy, ingress, hostsNetwork }: UpFlags): Pick<UpSettings, 'nodes' | 'runtime' | 'hosts' | 'cni' | 'proxy' | 'ingress' | 'hostsNetwork'> {
  const hosts = integer('--hosts', hostsFlag ?? '0', 0, 100);
  const network = { cni: cni ?? 'flannel-vxlan', proxy: proxy ?? 'nftables', ingress: ingress ?? 'built-in', hostsNetwork };
  if (hosts > 0) {
    if (nodes !== undefined) throw new CliError('KEEL_USAGE_FLAG', '--nodes and --hosts exclude each other: nodes are in this process, or one on each host');
    return { hosts, nodes: hosts, runtime: oneOf('--runtime', runtime ?? 'cri', ['cri', 'sim', 'process']), ...network };
  }
  const alone = Object.entries({ '--cni': cni, '--proxy': proxy, '--ingress': ingress, '--hosts-network': hostsNetwork, ...(runtime === 'cri' ? { '--runtime cri': runtime } : {}) }).find(([, value]) => value !== undefined);
  if (alone !== undefined) throw new CliError('KEEL_USAGE_FLAG', `${alone[0]} is for nodes on hosts: add --hosts N`);
  return { hosts, nodes: integer('--nodes', nodes ?? '3', 0, 10_000), runtime: oneOf('--runtime', runtime ?? 'sim', ['sim', 'process'], '; cri for real containers, together with --hosts N'), ...network };
}

/** The path that `--kubeconfig` names; relative to the working directory, `~` is left to the shell. */
export function kubeconfigPath(cwd: string, flag: string | undefined): string | undefined {
  if (flag === undefined) return undefined;
  if (flag === '') throw new CliError('KEEL_USAGE_KUBECONFIG', '--kubeconfig needs a path');
  return isAbsolute(flag) ? flag : resolve(cwd, flag);
}

function oneOf<const T extends string>(flag: string, value: string, allowed: readonly T[], more = ''): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) throw new CliError('KEEL_USAGE_FLAG', `${flag} ${value} is not known: use ${allowed.join(', ')}${more}`);
  return found;
}

function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === '') {
    throw new CliError('KEEL_USAGE_STORAGE', `storage endpoint "${endpoint}" is not valid: write it as http://host:port`);
  }
}
