import type { SpanContext } from '@opentelemetry/api';
import { extensionPoint } from '../extension-point.ts';

/** `namespace/name:port`, the port by its name ('' for the only one). */
export type ServicePortKey = string;

export interface ProxyEndpoint {
  readonly address: string;
  readonly port: number;
  /** On this node. */
  readonly local: boolean;
  readonly podUid?: string;
}

/**
 * One port of one Service as every mode of the proxy sees it: what traffic to these addresses does. Frozen; a change is
 * a new object. The rules behind it (readiness, terminating endpoints, traffic policies, topology) are applied already.
 */
export interface ServicePort {
  readonly key: ServicePortKey;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  /** Addresses inside the cluster; empty for a headless Service, which is then not in the model at all. */
  readonly clusterIps: readonly string[];
  readonly port: number;
  /** 0: none. */
  readonly nodePort: number;
  readonly externalIps: readonly string[];
  readonly loadBalancerIps: readonly string[];
  /** Empty: all sources may use the load balancer's addresses. */
  readonly loadBalancerSourceRanges: readonly string[];
  /** Seconds that a client stays with its endpoint; 0: no affinity. */
  readonly affinitySeconds: number;
  /** For traffic to cluster addresses. Empty: refused (ICMP port unreachable, TCP reset). */
  readonly endpoints: readonly ProxyEndpoint[];
  /** For traffic from outside to node ports, external and load-balancer addresses. */
  readonly externalEndpoints: readonly ProxyEndpoint[];
  /** `Local`: the source address is kept, and nodes without endpoints drop the packet. */
  readonly externalPolicy: 'Cluster' | 'Local';
  readonly internalPolicy: 'Cluster' | 'Local';
  /** Of a load balancer's health check; 0: none. */
  readonly healthCheckNodePort: number;
}

/** What changed since the last call. */
export interface ProxyDelta {
  readonly changed: readonly { readonly now: ServicePort; readonly before: ServicePort | undefined }[];
  readonly removed: readonly ServicePort[];
  /** Set for the newest change that is in here: the `program` span's parent. */
  readonly cause?: SpanContext | undefined;
}

export type ProxyStatus = { readonly healthy: true } | { readonly healthy: false; readonly reason: string };

/** Makes the model true in the kernel or in sockets. */
export interface ProxyMode {
  readonly name: string;
  /**
   * Takes over: whatever an earlier run left is replaced by `all`, without a moment in which a Service that stays does
   * not answer. Rejects when the machine cannot do it (no root, no nftables), naming the remedy.
   */
  start(all: readonly ServicePort[], node: { readonly name: string; readonly addresses: readonly string[]; readonly podCidrs: readonly string[] }, signal: AbortSignal): Promise<void>;
  /** Atomic: either all of the delta is in force when it resolves, or it rejects and nothing is. Never called twice at a time. */
  program(delta: ProxyDelta, signal: AbortSignal): Promise<void>;
  status(): ProxyStatus;
  /** Leaves no listener behind; kernel rules stay in force (the node's agent may only be restarting) unless `cleanup`. */
  stop(options: { readonly cleanup: boolean }): Promise<void>;
}

/** Modes of the service proxy; the node's configuration chooses one by name. Errors are retried by the proxy's core: unguarded. */
export const ProxyModes = extensionPoint<ProxyMode>('keelson.proxy.modes', { guarded: false });
