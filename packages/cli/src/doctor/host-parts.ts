import type { Machine } from './machine.ts';

/** Full paths of what the hosts' containers need. */
export interface HostPrograms {
  readonly containerd: string;
  readonly runc: string;
  readonly ctr: string;
  /** Folder of the standard CNI binaries. */
  readonly cniBinaries: string;
}

/** Something that `up --hosts` needs and this machine does not have. */
export interface MissingPart {
  readonly name: string;
  readonly reason: string;
  /** What to type. */
  readonly remedy: string;
  /** Debian's package, when installing it is the remedy. */
  readonly package?: string;
}

interface ProgramPart {
  readonly program: string;
  readonly package: string;
  /** Only for real containers. */
  readonly containers: boolean;
}

const programs: readonly ProgramPart[] = [
  { program: 'ip', package: 'iproute2', containers: false },
  { program: 'nsenter', package: 'util-linux', containers: false },
  { program: 'unshare', package: 'util-linux', containers: false },
  { program: 'umount', package: 'mount', containers: false },
  { program: 'sysctl', package: 'procps', containers: false },
  { program: 'containerd', package: 'containerd', containers: true },
  { program: 'ctr', package: 'containerd', containers: true },
  { program: 'runc', package: 'runc', containers: true },
  { program: 'nft', package: 'nftables', containers: true },
];

const cniFolders = ['/usr/lib/cni', '/opt/cni/bin'];

interface Feature {
  readonly name: string;
  readonly module: string;
  readonly containers: boolean;
  present(machine: Machine): Promise<boolean>;
}

/** Tried in a network namespace that ends with the try, so nothing on the machine changes. */
const tried = (...command: readonly string[]) => async (machine: Machine): Promise<boolean> => (await machine.run('unshare', ['--net', '--', ...command])).ok;

const features: readonly Feature[] = [
  { name: 'network namespaces and veth', module: 'veth', containers: false, present: tried('ip', 'link', 'add', 'kl0', 'type', 'veth') },
  { name: 'bridge', module: 'bridge', containers: false, present: tried('ip', 'link', 'add', 'kl0', 'type', 'bridge') },
  { name: 'br_netfilter', module: 'br_netfilter', containers: false, present: async (machine) => machine.fileHolds('/proc/sys/net/bridge/bridge-nf-call-iptables') },
  { name: 'VXLAN', module: 'vxlan', containers: true, present: tried('ip', 'link', 'add', 'kl0', 'type', 'vxlan', 'id', '1', 'dstport', '8472') },
  { name: 'nftables', module: 'nf_tables', containers: true, present: tried('nft', 'add', 'table', 'ip', 'kl0') },
  { name: 'overlayfs', module: 'overlay', containers: true, present: async (machine) => machine.fileHolds('/proc/filesystems', 'overlay') },
];

/** Everything that is missing, not only the first; `containers`: for real containers too. */
export async function missingHostParts(machine: Machine, containers: boolean): Promise<readonly MissingPart[]> {
  if (machine.platform !== 'linux') return [{ name: 'Linux', reason: `this is ${machine.platform}`, remedy: 'hosts are network namespaces: use Linux, or the runtimes sim and process without --hosts' }];
  const wanted = programs.filter((part) => containers || !part.containers);
  const missing = wanted.filter(({ program }) => machine.findProgram(program) === undefined);
  const needsCni = containers && cniFolder(machine) === undefined;
  const parts: MissingPart[] = [
    ...(machine.isRoot ? [] : [{ name: 'root', reason: 'this user is not root', remedy: 'start it with sudo' }]),
    ...missing.map(({ program, package: name }) => ({ name: program, reason: 'not found on PATH', remedy: `apt-get install ${name}`, package: name })),
    ...(needsCni ? [{ name: 'CNI binaries', reason: `no loopback in ${cniFolders.join(' or ')}`, remedy: 'apt-get install containernetworking-plugins', package: 'containernetworking-plugins' }] : []),
  ];
  // Features are tried with these programs, as root: without them nothing can be said.
  if (!machine.isRoot || missing.some(({ program }) => program === 'ip' || program === 'unshare' || program === 'nft')) return parts;
  const tries = await Promise.all(features.filter((feature) => containers || !feature.containers).map(async (feature) => ({ feature, there: await feature.present(machine) })));
  return [...parts, ...tries.filter(({ there }) => !there).map(({ feature }) => ({ name: feature.name, reason: 'the kernel does not offer it', remedy: `modprobe ${feature.module}` }))];
}

/** Where the programs are; call it only when nothing is missing. */
export function hostPrograms(machine: Machine): HostPrograms {
  const path = (name: string): string => machine.findProgram(name) ?? name;
  return { containerd: path('containerd'), runc: path('runc'), ctr: path('ctr'), cniBinaries: cniFolder(machine) ?? cniFolders[0]! };
}

function cniFolder(machine: Machine): string | undefined {
  return cniFolders.find((folder) => machine.fileHolds(`${folder}/loopback`));
}

/** The text of a refusal: every missing part with its remedy, and the command that installs all. */
export function missingText(parts: readonly MissingPart[]): string {
  const installable = parts.some((part) => part.package !== undefined);
  const lines = parts.map(({ name, reason, remedy }) => `  ${name}: ${reason}; ${remedy}`);
  return `hosts need what this machine does not have:\n${lines.join('\n')}${installable ? '\n"keelson doctor --fix" installs the packages; --nodes N runs without any of this' : ''}`;
}
