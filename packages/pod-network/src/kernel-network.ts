import type { NetLink } from '@keelson/sdk/cni';
import type { DesiredNetwork, Forwarding, Neighbour, Route } from './desired-network.ts';

/** Marks routes as this network's, so that nobody else's are touched (`ip route` shows it as `proto 84`). */
const routeProtocol = '84';

interface LinkRow {
  readonly ifname?: string;
  readonly address?: string;
  readonly mtu?: number;
  readonly operstate?: string;
  readonly flags?: readonly string[];
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number; readonly family?: string }[];
  readonly linkinfo?: { readonly info_kind?: string; readonly info_data?: { readonly id?: number; readonly port?: number; readonly local?: string; readonly link?: string; readonly learning?: boolean } };
}

interface RouteRow {
  readonly dst?: string;
  readonly gateway?: string;
  readonly dev?: string;
}

/**
 * Compares the kernel of one host with what it should hold and mends the difference; answers how many entries it changed.
 * What is right is not touched. Running it again is harmless and, when nothing is wrong, two or four reads.
 */
export async function mendNetwork(link: NetLink, desired: DesiredNetwork, tunnelName: string): Promise<number> {
  let changes = await mendTunnel(link, desired, tunnelName);
  const present = (await link.query(['route', 'show', 'proto', routeProtocol])) as readonly RouteRow[];
  const wanted = new Map(desired.routes.map((route) => [route.destination, route]));
  const right = new Set<string>();
  const stale: string[] = [];
  for (const { dst = '', gateway, dev } of present) {
    const route = wanted.get(dst);
    if (route !== undefined && route.via === gateway && route.device === dev) right.add(dst);
    else if (route === undefined) stale.push(`route del ${dst} proto ${routeProtocol}`);
  }
  const tables = desired.tunnel === undefined ? [[], [], []] : await tunnelTables(link, desired, tunnelName);
  const missing = desired.routes.filter(({ destination }) => !right.has(destination)).map(routeLine);
  // Neighbours and forwarding first: a route to a node that is not known yet would lose packets.
  await link.batch(tables[0]!, 'bridge');
  await link.batch([...tables[1]!, ...stale, ...missing]);
  await link.batch(tables[2]!, 'bridge');
  changes += tables.reduce((sum, lines) => sum + lines.length, 0) + stale.length + missing.length;
  return changes;
}

/** Takes all of it away. */
export async function removeNetwork(link: NetLink, tunnelName: string): Promise<void> {
  await mendNetwork(link, { tunnel: undefined, routes: [], forwardings: [], neighbours: [] }, tunnelName);
}

function routeLine({ destination, via, device, onlink }: Route): string {
  return `route replace ${destination} via ${via} dev ${device}${onlink ? ' onlink' : ''} proto ${routeProtocol}`;
}

async function mendTunnel(link: NetLink, { tunnel }: DesiredNetwork, name: string): Promise<number> {
  const links = (await link.query(['-details', 'addr', 'show'])) as readonly LinkRow[];
  const present = links.find(({ ifname }) => ifname === name);
  if (tunnel === undefined) {
    if (present === undefined) return 0;
    await link.batch([`link del ${name}`]);
    return 1;
  }
  const data = present?.linkinfo?.info_data;
  const isOurs = present?.linkinfo?.info_kind === 'vxlan' && data?.id === tunnel.vni && data.port === tunnel.port && data.local === tunnel.local && data.link === tunnel.device;
  const lines: string[] = [];
  if (present !== undefined && !isOurs) lines.push(`link del ${name}`);
  if (!isOurs) lines.push(`link add ${name} address ${tunnel.mac} mtu ${tunnel.mtu} type vxlan id ${tunnel.vni} local ${tunnel.local} dev ${tunnel.device} dstport ${tunnel.port} nolearning`);
  else {
    if (present.address !== tunnel.mac) lines.push(`link set ${name} address ${tunnel.mac}`);
    if (present.mtu !== tunnel.mtu) lines.push(`link set ${name} mtu ${tunnel.mtu}`);
  }
  const held = isOurs ? (present.addr_info ?? []).filter(({ family }) => family === 'inet').map(({ local, prefixlen }) => `${local}/${prefixlen}`) : [];
  for (const address of held) if (address !== tunnel.address) lines.push(`addr del ${address} dev ${name}`);
  if (!held.includes(tunnel.address)) lines.push(`addr add ${tunnel.address} dev ${name}`);
  if (!isOurs || present.flags?.includes('UP') !== true) lines.push(`link set ${name} up`);
  await link.batch(lines);
  return lines.length;
}

/** What to add to the forwarding table, to change among neighbours, and to take from the forwarding table. */
async function tunnelTables(link: NetLink, desired: DesiredNetwork, name: string): Promise<string[][]> {
  const forwardings = ((await link.query(['fdb', 'show', 'dev', name], 'bridge')) as readonly { readonly mac?: string; readonly dst?: string }[]).filter(({ dst }) => dst !== undefined);
  const neighbours = (await link.query(['neigh', 'show', 'dev', name])) as readonly { readonly dst?: string; readonly lladdr?: string; readonly state?: readonly string[] }[];
  const key = ({ mac, address }: Forwarding): string => `${mac} ${address}`;
  const wantedForwardings = new Map(desired.forwardings.map((entry) => [key(entry), entry]));
  const heldForwardings = new Set(forwardings.map(({ mac, dst }) => `${mac} ${dst}`));
  const wantedNeighbours = new Map(desired.neighbours.map((entry) => [entry.address, entry]));
  const isRight = ({ address, mac }: Neighbour): boolean => neighbours.some((held) => held.dst === address && held.lladdr === mac && held.state?.includes('PERMANENT') === true);
  return [
    [...wantedForwardings].filter(([id]) => !heldForwardings.has(id)).map(([, { mac, address }]) => `fdb append ${mac} dst ${address} dev ${name}`),
    [
      ...neighbours.filter(({ dst = '', state }) => !wantedNeighbours.has(dst) && state?.includes('PERMANENT') === true).map(({ dst }) => `neigh del ${dst} dev ${name}`),
      ...desired.neighbours.filter((entry) => !isRight(entry)).map(({ address, mac }) => `neigh replace ${address} lladdr ${mac} dev ${name} nud permanent`),
    ],
    forwardings.filter(({ mac, dst }) => !wantedForwardings.has(`${mac} ${dst}`)).map(({ mac, dst }) => `fdb del ${mac} dst ${dst} dev ${name}`),
  ];
}
