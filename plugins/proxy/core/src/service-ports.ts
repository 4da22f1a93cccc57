import { objectKey } from '@keelson/api';
import type { Node, Service } from '@keelson/api/core/v1';
import type { EndpointSlice } from '@keelson/api/discovery/v1';
import type { ProxyEndpoint, ServicePort } from '@keelson/sdk/proxy';

/** This node, as far as routing depends on it. */
export interface Place {
  /** '' where no pod counts as local. */
  readonly nodeName: string;
  readonly zone: string | undefined;
}

interface Candidate extends ProxyEndpoint {
  readonly ready: boolean;
  /** Still answers, though it is on its way out. */
  readonly leaving: boolean;
  readonly zones: readonly string[] | undefined;
  readonly nodes: readonly string[] | undefined;
}

/** Another proxy than this takes care of services with this label. */
const otherProxy = 'service.kubernetes.io/service-proxy-name';
const headlessLabel = 'service.kubernetes.io/headless';
const zoneLabel = 'topology.kubernetes.io/zone';
const defaultAffinitySeconds = 10_800;

/**
 * What one service means on this node, one entry a port. Empty for services that no proxy serves: headless ones, external
 * names, those of another proxy. The rules are those of https://kubernetes.io/docs/reference/networking/virtual-ips/.
 */
export function servicePorts(service: Service, slices: Iterable<EndpointSlice>, place: Place): readonly ServicePort[] {
  const { metadata, spec } = service;
  const clusterIps = (spec?.clusterIPs ?? [spec?.clusterIP ?? '']).filter((address) => address !== '' && address !== 'None');
  if (spec === undefined || spec.type === 'ExternalName' || clusterIps.length === 0) return [];
  if (metadata.labels?.[otherProxy] !== undefined || metadata.labels?.[headlessLabel] !== undefined) return [];
  const all = [...slices];
  const internalPolicy = spec.internalTrafficPolicy === 'Local' ? 'Local' : 'Cluster';
  const externalPolicy = spec.externalTrafficPolicy === 'Local' ? 'Local' : 'Cluster';
  const ingress = (service.status?.loadBalancer?.ingress ?? []).filter(({ ipMode }) => ipMode !== 'Proxy');
  return (spec.ports ?? []).map((port): ServicePort => {
    const protocol = (port.protocol ?? 'TCP') as ServicePort['protocol'];
    const candidates = candidatesOf(all, port.name ?? '', protocol, place);
    const near = nearest(candidates, place);
    const local = candidates.filter((each) => each.local);
    return Object.freeze({
      key: `${objectKey(service)}:${port.name ?? ''}`,
      protocol, clusterIps,
      port: port.port,
      nodePort: port.nodePort ?? 0,
      externalIps: spec.externalIPs ?? [],
      loadBalancerIps: ingress.map(({ ip }) => ip ?? '').filter((ip) => ip !== ''),
      loadBalancerSourceRanges: spec.loadBalancerSourceRanges ?? [],
      affinitySeconds: spec.sessionAffinity === 'ClientIP' ? spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds : 0,
      endpoints: usable(internalPolicy === 'Local' ? local : near, candidates, internalPolicy),
      externalEndpoints: usable(externalPolicy === 'Local' ? local : near, candidates, externalPolicy),
      externalPolicy, internalPolicy,
      healthCheckNodePort: spec.healthCheckNodePort ?? 0,
    });
  });
}

/** Zone of a node by its well-known label. */
export function zoneOf(node: Node | undefined): string | undefined {
  return node?.metadata.labels?.[zoneLabel];
}

function candidatesOf(slices: readonly EndpointSlice[], portName: string, protocol: string, { nodeName }: Place): readonly Candidate[] {
  const found = new Map<string, Candidate>();
  for (const { addressType, endpoints, ports } of slices) {
    if (addressType !== 'IPv4') continue;
    for (const { name, port, protocol: spoken } of ports ?? []) {
      if ((name ?? '') !== portName || (spoken ?? 'TCP') !== protocol || port === undefined) continue;
      for (const { addresses, conditions, nodeName: on, hints, targetRef } of endpoints ?? []) {
        const ready = conditions?.ready !== false;
        const leaving = conditions?.terminating === true && (conditions.serving ?? ready);
        if (!ready && !leaving) continue;
        // Only the first address is an endpoint's: the others are for nobody (documentation of EndpointSlice).
        const address = addresses[0];
        if (address === undefined) continue;
        const candidate: Candidate = {
          address, port, ready, leaving,
          local: nodeName !== '' && on === nodeName,
          ...(targetRef?.kind === 'Pod' && targetRef.uid !== undefined ? { podUid: targetRef.uid } : {}),
          zones: hints?.forZones?.map((zone) => zone.name),
          nodes: hints?.forNodes?.map((node) => node.name),
        };
        const known = found.get(`${address}:${port}`);
        if (known === undefined || (!known.ready && ready)) found.set(`${address}:${port}`, candidate);
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.port - b.port));
}

/** Those that hints keep for this node or zone; all when the hints are not complete or leave nobody. */
function nearest(candidates: readonly Candidate[], { nodeName, zone }: Place): readonly Candidate[] {
  const ready = candidates.filter((each) => each.ready);
  if (ready.length === 0) return candidates;
  if (nodeName !== '' && ready.every(({ nodes }) => nodes !== undefined && nodes.length > 0)) {
    const own = ready.filter(({ nodes }) => nodes?.includes(nodeName) === true);
    if (own.length > 0) return own;
  }
  if (zone !== undefined && ready.every(({ zones }) => zones !== undefined && zones.length > 0)) {
    const own = ready.filter(({ zones }) => zones?.includes(zone) === true);
    if (own.length > 0) return own;
  }
  return candidates;
}

/** The ready ones; without any, those that still answer while they go. */
function usable(chosen: readonly Candidate[], all: readonly Candidate[], policy: 'Cluster' | 'Local'): readonly ProxyEndpoint[] {
  const ready = chosen.filter((each) => each.ready);
  const picked = ready.length > 0 ? ready : (policy === 'Local' ? chosen : all).filter((each) => each.leaving);
  return picked.map(({ address, port, local, podUid }) => ({ address, port, local, ...(podUid === undefined ? {} : { podUid }) }));
}
