import type { Peer } from './peers.ts';

/** How packets get to the other nodes. */
export type Backend = 'host-gw' | 'vxlan' | 'mixed';

/** This node, as the others see it. */
export interface Self {
  readonly nodeName: string;
  readonly podCidr: string;
  readonly address: string;
  /** Device with that address. */
  readonly device: string;
  /** Network of that device, `10.99.0.0/24`: whoever is in it is reached without a tunnel. */
  readonly network: string;
}

/** The tunnel device; number, port and name are flannel's. */
export interface Tunnel {
  readonly name: string;
  readonly vni: number;
  readonly port: number;
  readonly mac: string;
  readonly mtu: number;
}

export interface Route {
  readonly destination: string;
  readonly via: string;
  readonly device: string;
  readonly onlink: boolean;
}

/** An entry of the tunnel's forwarding table: frames for `mac` go to host `address`. */
export interface Forwarding {
  readonly mac: string;
  readonly address: string;
}

/** `address` (the first of a node's range) is `mac`, so that nobody has to ask by ARP. */
export interface Neighbour {
  readonly address: string;
  readonly mac: string;
}

/** All that the kernel of one host has to hold for the network between nodes. */
export interface DesiredNetwork {
  readonly tunnel: (Tunnel & { readonly local: string; readonly device: string; readonly address: string }) | undefined;
  readonly routes: readonly Route[];
  readonly forwardings: readonly Forwarding[];
  readonly neighbours: readonly Neighbour[];
}

/** The plan for one host; pure. Nodes out of reach of `host-gw` are left out and named by `unreachable`. */
export function desiredNetwork(backend: Backend, self: Self, tunnel: Tunnel, peers: Iterable<Peer>): DesiredNetwork & { readonly unreachable: readonly Peer[] } {
  const routes: Route[] = [];
  const forwardings: Forwarding[] = [];
  const neighbours: Neighbour[] = [];
  const unreachable: Peer[] = [];
  for (const peer of peers) {
    if (peer.nodeName === self.nodeName || peer.podCidr === self.podCidr) continue;
    const isNear = contains(self.network, peer.address);
    if (backend !== 'vxlan' && isNear) routes.push({ destination: peer.podCidr, via: peer.address, device: self.device, onlink: false });
    else if (backend === 'host-gw') unreachable.push(peer);
    else if (peer.tunnelMac !== undefined) {
      const gateway = networkAddress(peer.podCidr);
      routes.push({ destination: peer.podCidr, via: gateway, device: tunnel.name, onlink: true });
      forwardings.push({ mac: peer.tunnelMac, address: peer.address });
      neighbours.push({ address: gateway, mac: peer.tunnelMac });
    }
  }
  return {
    tunnel: backend === 'host-gw' ? undefined : { ...tunnel, local: self.address, device: self.device, address: `${networkAddress(self.podCidr)}/32` },
    routes, forwardings, neighbours, unreachable,
  };
}

/** `10.244.1.0/24` → `10.244.1.0`. */
export function networkAddress(cidr: string): string {
  const [address = '', prefix = '32'] = cidr.split('/');
  return textOf(numberOf(address) - (numberOf(address) % 2 ** (32 - Number(prefix))));
}

export function contains(cidr: string, address: string): boolean {
  const prefix = cidr.slice(cidr.indexOf('/') + 1);
  return networkAddress(cidr) === networkAddress(`${address}/${prefix}`);
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}
