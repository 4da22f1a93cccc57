import { extensionPoint } from '../extension-point.ts';
import { token } from '../token.ts';
import type { PortMapping } from '../runtime/container-runtime.ts';

/** One pod's interface, as the CNI specification names its parts (https://www.cni.dev/docs/spec/). */
export interface Attachment {
  /** Of the sandbox. */
  readonly containerId: string;
  /** Path of the network namespace (`/run/netns/…`, `/proc/PID/ns/net`). Empty in a `del` after the namespace is gone. */
  readonly netns: string;
  /** `eth0`. */
  readonly ifName: string;
  readonly pod: { readonly uid: string; readonly name: string; readonly namespace: string };
  readonly node: { readonly name: string; readonly address: string; readonly podCidr: string };
  readonly portMappings: readonly PortMapping[];
}

/** What an interface got; the specification's result, version 1.0.0, without what nobody reads. */
export interface AttachmentResult {
  readonly ips: readonly InterfaceAddress[];
  readonly routes?: readonly { readonly dst: string; readonly gw?: string }[];
  readonly dns?: { readonly nameservers?: readonly string[]; readonly search?: readonly string[] };
}

export interface InterfaceAddress {
  /** With prefix length: `10.244.1.7/24`. */
  readonly address: string;
  readonly gateway?: string;
}

/**
 * Joins pods to a network. All four are idempotent; `del` succeeds on what was never, or only half, added; `check`
 * rejects with the reason when the attachment is not as `add` left it. What a variant needs beside the pods (routes,
 * FDB, tunnels) it programs in its plugin's own lifecycle.
 */
export interface CniVariant {
  readonly name: string;
  add(at: Attachment, signal: AbortSignal): Promise<AttachmentResult>;
  del(at: Attachment, signal: AbortSignal): Promise<void>;
  check(at: Attachment, signal: AbortSignal): Promise<void>;
  /** Gives back what is kept for attachments that are not in `live` (container ids). */
  gc(live: ReadonlySet<string>): Promise<void>;
}

/** Ways of joining pods to the network; the node's configuration chooses one by name. Errors are the pod's: unguarded. */
export const CniVariants = extensionPoint<CniVariant>('keelson.cni.variants', { guarded: false });

/** The network of this node's pods: the chosen variant or conflist, with cached results. Given by `@keelson/cni-chain`. */
export interface PodNetwork {
  /** Name of the variant or conflist. */
  readonly name: string;
  add(at: Attachment, signal: AbortSignal): Promise<AttachmentResult>;
  del(at: Attachment, signal: AbortSignal): Promise<void>;
  check(at: Attachment, signal: AbortSignal): Promise<void>;
  gc(live: ReadonlySet<string>): Promise<void>;
  /** Not ready: the node says `NetworkReady=false` with the reason and runs host-network pods only. */
  status(): PodNetworkStatus;
  onStatus(listener: () => void): () => void;
}

export type PodNetworkStatus = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export const PodNetwork = token<PodNetwork>('keelson.cni.pod-network');

/** Addresses by owner: the same owner asks twice and gets the same address; kept over restarts. */
export interface Ipam {
  /** A free address of the range with the range's prefix length and its gateway (the first address). */
  allocate(range: string, owner: string): Promise<InterfaceAddress>;
  release(range: string, owner: string): Promise<void>;
  /** Releases what belongs to none of `owners`. */
  retainOnly(range: string, owners: ReadonlySet<string>): Promise<void>;
}

export const Ipam = token<Ipam>('keelson.cni.ipam');

/** Devices of the kernel, in this host's network namespace or a pod's. Every operation is idempotent. */
export interface NetLink {
  /** A bridge on the host with this address; made when missing, mended when wrong. */
  bridge(name: string, options: { readonly address: string; readonly mtu?: number }): Promise<void>;
  /** A veth pair: one end `ifName` inside `netns`, the other on the host, on `options.bridge` if given. Answers the host end's name. */
  vethPair(netns: string, ifName: string, options: VethOptions): Promise<string>;
  /** Removes the interface inside the namespace, and with it the pair; fine when either is gone. */
  remove(netns: string, ifName: string): Promise<void>;
  exists(netns: string, ifName: string): Promise<boolean>;
  /** Addresses of an interface in a namespace. */
  addresses(netns: string, ifName: string): Promise<readonly LinkAddress[]>;
  /** Runs lines on the host in one go: `ip -batch`, `bridge -batch`, or one atomic transaction of `nft -f`. */
  batch(lines: readonly string[], tool?: 'ip' | 'bridge' | 'nft'): Promise<void>;
  /** Sets kernel parameters on the host, by their path below `/proc/sys` (`net/ipv4/ip_forward`). */
  sysctl(values: Readonly<Record<string, string>>): Promise<void>;
  /** `ip -json …` on the host, parsed. */
  query(args: readonly string[], tool?: 'ip' | 'bridge'): Promise<unknown>;
  /** Calls back for each line that `ip monitor KINDS` prints on the host; returns the way to stop. */
  monitor(kinds: readonly ('route' | 'link' | 'neigh' | 'address')[], changed: (line: string) => void): () => void;
}

export interface VethOptions {
  readonly address: string;
  readonly gateway?: string;
  readonly mtu?: number;
  readonly bridge?: string;
  /** Packets may leave by the port they came in: a pod that calls its own Service. */
  readonly hairpin?: boolean;
}

export interface LinkAddress {
  /** With prefix length. */
  readonly address: string;
}

export const NetLink = token<NetLink>('keelson.cni.net-link');
