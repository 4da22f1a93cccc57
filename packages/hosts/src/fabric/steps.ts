import type { HostsPlan } from '../layout.ts';

/** One call of a program; `input` goes to its standard input. */
export interface Step {
  readonly program: string;
  readonly args: readonly string[];
  readonly input?: string;
}

const batch = (lines: readonly string[], netns?: string): Step => ({ program: 'ip', args: [...(netns === undefined ? [] : ['-n', netns]), '-batch', '-'], input: `${lines.join('\n')}\n` });

/** Runs a program in a network namespace. Not by `ip netns exec`: that mounts /sys anew and hides the cgroups. */
export function inNetns(netns: string, program: string, args: readonly string[]): Step {
  return { program: 'nsenter', args: [`--net=/run/netns/${netns}`, '--', program, ...args] };
}

/** What a host's kernel has to do: forward, show bridged packets to nftables, and take answers by any device. */
const hostSettings = ['net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0'];
const bridgeSettings = (value: 0 | 1): string[] => ['iptables', 'ip6tables', 'arptables'].map((kind) => `net.bridge.bridge-nf-call-${kind}=${kind === 'arptables' ? 0 : value}`);

/**
 * Makes the network of the hosts, in groups; the steps of a group do not depend on each other. A namespace of its own
 * holds the bridge, so that the machine sees one device and nothing on it can meddle with the hosts' traffic.
 */
export function raiseSteps(plan: HostsPlan): readonly (readonly Step[])[] {
  const { fabricNetns: fabric, uplink, gateway, prefix, hosts } = plan;
  return [
    [fabric, ...hosts.map(({ netns }) => netns)].map((name) => ({ program: 'ip', args: ['netns', 'add', name] })),
    [
      batch([
        'link set lo up',
        'link add br0 type bridge',
        'link set br0 up',
        ...hosts.flatMap(({ name, netns }) => [`link add ${name} type veth peer name eth0 netns ${netns}`, `link set ${name} master br0 up`]),
      ], fabric),
      batch([`link add ${uplink} type veth peer name root netns ${fabric}`, `address add ${gateway}/${prefix} dev ${uplink}`, `link set ${uplink} up`]),
    ],
    [
      batch(['link set root master br0 up'], fabric),
      inNetns(fabric, 'sysctl', ['-q', '-w', ...bridgeSettings(0)]),
      ...hosts.map(({ netns, address }) => batch(['link set lo up', `address add ${address}/${prefix} dev eth0`, 'link set eth0 up', `route add default via ${gateway}`], netns)),
      ...hosts.map(({ netns }) => inNetns(netns, 'sysctl', ['-q', '-w', ...hostSettings, ...bridgeSettings(1)])),
    ],
  ];
}

/** The machine's way to the pods, for the API server's proxy to pods and services; ranges that have a route already are left out. */
export function podRouteSteps({ hosts, uplink }: HostsPlan, taken: ReadonlySet<string>): readonly Step[] {
  const lines = hosts.filter(({ podCidr }) => !taken.has(podCidr)).map(({ podCidr, address }) => `route add ${podCidr} via ${address} dev ${uplink}`);
  return lines.length === 0 ? [] : [batch(lines)];
}

/** Takes away whatever of a cluster's namespaces and devices there is. */
export function removeSteps(id: string, present: { readonly namespaces: readonly string[]; readonly links: readonly string[] }): readonly Step[] {
  const own = present.namespaces.filter((name) => name.startsWith(`kl-${id}-`));
  return [
    // The uplink first: with it goes the machine's address in the hosts' network, and every route by it.
    ...(present.links.includes(`kl-${id}`) ? [{ program: 'ip', args: ['link', 'delete', `kl-${id}`] }] : []),
    ...own.map((name) => ({ program: 'ip', args: ['netns', 'delete', name] })),
  ];
}
