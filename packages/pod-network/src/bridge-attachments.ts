import { KeelsonError } from '@keelson/sdk';
import type { Attachment, AttachmentResult, CniVariant, Ipam, NetLink } from '@keelson/sdk/cni';
import type { HostPorts } from './host-ports.ts';

export interface BridgeAttachmentsOptions {
  readonly name: string;
  readonly ipam: Ipam;
  readonly link: NetLink;
  readonly hostPorts: HostPorts;
  /** `cni0`. */
  readonly bridge: string;
  /** Of the pods' devices; asked when the host is ready. */
  readonly mtu: () => number;
  /** Resolves when the host's part of the network is made. */
  readonly hostReady: (signal: AbortSignal) => Promise<void>;
}

/** Pods on a bridge of their node: an address of the node's range, a veth pair, the node as gateway. */
export class BridgeAttachments implements CniVariant {
  readonly name: string;
  readonly #options: BridgeAttachmentsOptions;
  /** Ranges that addresses were taken from; `gc` and a `del` without a range look into them. */
  readonly #ranges = new Set<string>();

  constructor(options: BridgeAttachmentsOptions) {
    this.name = options.name;
    this.#options = options;
  }

  async add(at: Attachment, signal: AbortSignal): Promise<AttachmentResult> {
    const { ipam, link, hostPorts, bridge, hostReady } = this.#options;
    await hostReady(signal);
    const mtu = this.#options.mtu();
    const range = this.#rangeOf(at);
    const given = await ipam.allocate(range, ownerOf(at));
    signal.throwIfAborted();
    const gateway = given.gateway!;
    await link.bridge(bridge, { address: `${gateway}/${prefixOf(given.address)}`, mtu });
    await link.vethPair(at.netns, at.ifName, { address: given.address, gateway, mtu, bridge, hairpin: true });
    const address = given.address.slice(0, given.address.indexOf('/'));
    await hostPorts.set(at.containerId, at.portMappings.map((mapping) => ({ ...mapping, address })));
    return { ips: [given], routes: [{ dst: '0.0.0.0/0', gw: gateway }] };
  }

  async del(at: Attachment): Promise<void> {
    const { ipam, link, hostPorts } = this.#options;
    await hostPorts.set(at.containerId, []);
    if (at.netns !== '') await link.remove(at.netns, at.ifName);
    if (at.node.podCidr !== '') await ipam.release(at.node.podCidr, ownerOf(at));
  }

  async check(at: Attachment): Promise<void> {
    const { ipam, link } = this.#options;
    const wanted = await ipam.allocate(this.#rangeOf(at), ownerOf(at));
    const held = await link.addresses(at.netns, at.ifName);
    if (!held.some(({ address }) => address === wanted.address)) {
      throw new KeelsonError('KEEL_CNI_CHECK', `${at.ifName} of pod ${at.pod.namespace}/${at.pod.name} has ${held.map(({ address }) => address).join(', ') || 'no address'}, expected ${wanted.address}`);
    }
  }

  async gc(live: ReadonlySet<string>): Promise<void> {
    const { ipam, hostPorts } = this.#options;
    const owners = new Set([...live].map((containerId) => `${containerId} eth0`));
    for (const range of this.#ranges) await ipam.retainOnly(range, owners);
    await hostPorts.retainOnly(live);
  }

  #rangeOf({ node }: Attachment): string {
    if (node.podCidr === '') throw new KeelsonError('KEEL_CNI_NO_RANGE', `node ${node.name} has no range of pod addresses yet (spec.podCIDR)`);
    this.#ranges.add(node.podCidr);
    return node.podCidr;
  }
}

/** Owner as the reference host-local writes it: container id and interface. */
function ownerOf({ containerId, ifName }: Attachment): string {
  return `${containerId} ${ifName}`;
}

function prefixOf(address: string): string {
  return address.slice(address.indexOf('/') + 1);
}
