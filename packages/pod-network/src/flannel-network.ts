import { SpanKind, type SpanContext, type Tracer } from '@opentelemetry/api';
import { Node } from '@keelson/api/core/v1';
import type { InformerFactory } from '@keelson/client';
import { KeelsonError, type ApiClient, type Clock, type Logger } from '@keelson/sdk';
import type { NetLink } from '@keelson/sdk/cni';
import { Attr, SpanName, linksAndParent, withSpan } from '@keelson/telemetry';
import { desiredNetwork, type Backend, type Self, type Tunnel } from './desired-network.ts';
import { mendNetwork, removeNetwork } from './kernel-network.ts';
import { masqueradeLeaving, removeMasquerade } from './masquerade.ts';
import { deviceOf } from './own-network.ts';
import { annotations, peerOf, tunnelMacOf, type Peer } from './peers.ts';

export interface FlannelNetworkOptions {
  readonly backend: Backend;
  readonly nodeName: string;
  readonly clusterCidr: string;
  /** Undefined: leave packets as they are. */
  readonly masqueradeTable: string | undefined;
  readonly vni: number;
  readonly port: number;
  readonly api: ApiClient;
  readonly informers: InformerFactory;
  readonly link: NetLink;
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly log: Logger;
}

/** Name of the tunnel device, as flannel makes it of number 1. */
const tunnelPrefix = 'flannel.';
/** Bytes that VXLAN puts in front of a frame. */
const tunnelOverhead = 50;
/** After a failure the next try waits this long, milliseconds. */
const retryAfter = 1000;

/**
 * The network between nodes: watches Nodes, tells the others about its own tunnel and keeps the kernel's routes, forwarding
 * entries and neighbours as they have to be. What somebody else changes is seen by `ip monitor` and mended. One pass at a
 * time; whatever happens during a pass makes another.
 */
export class FlannelNetwork {
  readonly #options: FlannelNetworkOptions;
  readonly #peers = new Map<string, Peer>();
  readonly #stop = new AbortController();
  readonly #tunnelName: string;
  #self: Self | undefined;
  #tunnel: Tunnel | undefined;
  #stopMonitor: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #isDirty = false;
  #cause: SpanContext | undefined;
  #retry: { cancel(): void } | undefined;
  #ready: Promise<void>;
  #settleReady: { resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(options: FlannelNetworkOptions) {
    this.#options = options;
    this.#tunnelName = `${tunnelPrefix}${options.vni}`;
    this.#ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    this.#ready.catch(() => undefined);
  }

  /** Resolves when the first pass succeeded. */
  async whenReady(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await Promise.race([this.#ready, new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))]);
  }

  /** Begins; resolves when nodes are watched. The node may register later. */
  async start(): Promise<void> {
    const { informers, link } = this.#options;
    // Packets between pods of one bridge pass the filter as well: answers of a service find their way back through it.
    await link.sysctl({ 'net/ipv4/ip_forward': '1', 'net/bridge/bridge-nf-call-iptables': '1' });
    const nodes = informers.use(Node).informer;
    await nodes.synced;
    nodes.onChange(({ type, object, cause }) => {
      const peer = type === 'deleted' ? undefined : peerOf(object);
      const known = this.#peers.get(object.metadata.name);
      if (JSON.stringify(peer) === JSON.stringify(known)) return;
      if (peer === undefined) this.#peers.delete(object.metadata.name);
      else this.#peers.set(object.metadata.name, peer);
      this.#changed(cause);
    });
    this.#stopMonitor = link.monitor(['route', 'link', 'neigh', 'address'], (line) => {
      // Its own devices and everything deleted; the comings and goings of pods are none of its business.
      if (line.includes(this.#tunnelName) || line.startsWith('Deleted') || line.includes(' proto 84')) this.#changed(undefined);
    });
  }

  /** MTU of pods' devices, known when ready. */
  get podMtu(): number {
    return this.#tunnel?.mtu ?? 1500;
  }

  /** What is in the kernel stays: packets of running pods go on while an agent restarts. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('the network is stopped'));
    this.#stopMonitor?.();
    this.#retry?.cancel();
    await this.#running;
    this.#settleReady?.reject(new KeelsonError('KEEL_CNI_STOPPED', 'the network was stopped before it was ready'));
  }

  /** Takes everything out of the kernel; after `stop`. */
  async remove(): Promise<void> {
    await removeNetwork(this.#options.link, this.#tunnelName);
    if (this.#options.masqueradeTable !== undefined) await removeMasquerade(this.#options.link, this.#options.masqueradeTable);
  }

  #changed(cause: SpanContext | undefined): void {
    if (this.#stop.signal.aborted) return;
    this.#isDirty = true;
    this.#cause = cause ?? this.#cause;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    while (this.#isDirty && !this.#stop.signal.aborted) {
      this.#isDirty = false;
      const cause = this.#cause;
      this.#cause = undefined;
      try {
        await this.#pass(cause);
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#options.log.warn('the network between nodes could not be made', { error: error instanceof Error ? error.message : String(error) });
        this.#retry?.cancel();
        this.#retry = this.#options.clock.after(retryAfter, () => this.#changed(undefined));
        return;
      }
    }
  }

  async #pass(cause: SpanContext | undefined): Promise<void> {
    const { backend, nodeName, link, clock, tracer, log } = this.#options;
    const own = this.#peers.get(nodeName);
    if (own === undefined) return;
    if (this.#self?.podCidr !== own.podCidr || this.#self.address !== own.address) await this.#introduce(own);
    const self = this.#self!;
    const desired = desiredNetwork(backend, self, this.#tunnel!, this.#peers.values());
    for (const { nodeName: far } of desired.unreachable) log.warn('a node is not on this network: host-gw cannot reach its pods, use vxlan or mixed', { node: far });
    const now = clock.now();
    const attributes = { [Attr.nodeName]: nodeName };
    const relation = cause === undefined ? { parent: 'root' as const } : linksAndParent([{ span: cause, at: now }], now);
    const changes = cause === undefined
      ? await mendNetwork(link, desired, this.#tunnelName)
      : await withSpan(tracer, SpanName.program('routes'), { kind: SpanKind.INTERNAL, attributes, ...relation }, async (span) => {
          const count = await mendNetwork(link, desired, this.#tunnelName);
          span.setAttribute(Attr.entriesChanged, count);
          return count;
        });
    if (changes > 0) log.info('network between nodes', { backend, changed: changes, routes: desired.routes.length });
    this.#settleReady?.resolve();
  }

  /** Learns where this node is and tells the others. */
  async #introduce(own: Peer): Promise<void> {
    const { api, backend, nodeName, link, vni, port, clusterCidr, masqueradeTable } = this.#options;
    const place = await deviceOf(link, own.address);
    if (place === undefined) throw new KeelsonError('KEEL_CNI_ADDRESS', `no device of this host has ${own.address}, the address of node ${nodeName}`);
    const mac = tunnelMacOf(nodeName, own.podCidr);
    this.#tunnel = { name: this.#tunnelName, vni, port, mac, mtu: backend === 'host-gw' ? place.mtu : place.mtu - tunnelOverhead };
    if (masqueradeTable !== undefined) await masqueradeLeaving(link, { table: masqueradeTable, podCidr: own.podCidr, clusterCidrs: [clusterCidr] });
    const told = {
      [annotations.backendType]: backend === 'host-gw' ? 'host-gw' : 'vxlan',
      [annotations.backendData]: backend === 'host-gw' ? 'null' : JSON.stringify({ VNI: vni, VtepMAC: mac }),
      [annotations.publicIp]: own.address,
      [annotations.subnetManager]: 'true',
    };
    await api.patch(Node, { name: nodeName }, { type: 'merge', body: { metadata: { annotations: told } } });
    this.#self = { nodeName, podCidr: own.podCidr, address: own.address, device: place.device, network: place.network };
  }
}
