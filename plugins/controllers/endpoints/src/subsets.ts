import { isConditionTrue, isTerminating } from '@keelson/api';
import type { EndpointAddress, EndpointPort, EndpointSubset, Pod, Service } from '@keelson/api/core/v1';
import { isPodFinished } from '@keelson/reconcile';
import { servedPorts } from '@keelson/reconcile/services';

interface Entry {
  readonly address: EndpointAddress;
  readonly ready: boolean;
  readonly ports: EndpointPort[];
}

/**
 * The pods of a service grouped by their ports, in upstream's packed form: every address is in one subset, which lists
 * all its ports. Order is by port and by address, so that equal states are equal objects.
 */
export function subsetsOf(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const groups = new Map<string, Entry[]>();
  for (const pod of pods) {
    const found = entry(service, pod);
    if (found === undefined) continue;
    const key = found.ports.map(portKey).join('; ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [found]);
    else group.push(found);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entries]) => subset(entries));
}

/** Keeps at most `max` addresses, ready ones first; true if some had to go. */
export function truncate(subsets: readonly EndpointSubset[], max: number): { readonly subsets: EndpointSubset[]; readonly truncated: boolean } {
  const ready = subsets.reduce((sum, { addresses = [] }) => sum + addresses.length, 0);
  const all = ready + subsets.reduce((sum, { notReadyAddresses = [] }) => sum + notReadyAddresses.length, 0);
  if (all <= max) return { subsets: [...subsets], truncated: false };
  let readyLeft = Math.min(ready, max);
  let restLeft = max - readyLeft;
  const cut = subsets.map(({ addresses = [], notReadyAddresses = [], ports }) => {
    const kept = addresses.slice(0, readyLeft);
    const rest = notReadyAddresses.slice(0, restLeft);
    readyLeft -= kept.length;
    restLeft -= rest.length;
    return make(kept, rest, ports);
  });
  return { subsets: cut.filter(({ addresses = [], notReadyAddresses = [] }) => addresses.length + notReadyAddresses.length > 0), truncated: true };
}

function entry(service: Service, pod: Pod): Entry | undefined {
  const ip = primaryAddress(service, pod);
  const tolerant = service.spec?.publishNotReadyAddresses === true;
  if (ip === undefined || isPodFinished(pod) || (isTerminating(pod) && !tolerant)) return undefined;
  // Unlike a slice, Endpoints leave an empty name out.
  const ports = servedPorts(service, pod).map(({ name, ...port }): EndpointPort => (name === '' ? port : { name, ...port }));
  // A service with ports, none of which this pod serves, is not reached through it.
  if (ports.length === 0 && (service.spec?.ports ?? []).length > 0) return undefined;
  const { name, namespace, uid } = pod.metadata;
  const hostname = pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined;
  const address: EndpointAddress = {
    ip, ...(hostname ? { hostname } : {}), ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}), targetRef: { kind: 'Pod', name, namespace, uid },
  };
  return { address, ready: tolerant || isConditionTrue(pod.status?.conditions, 'Ready'), ports: [...ports].sort((a, b) => (portKey(a) < portKey(b) ? -1 : 1)) };
}

/** Endpoints know one family only: the service's first. */
function primaryAddress({ spec }: Service, { status }: Pod): string | undefined {
  const six = spec?.ipFamilies?.[0] === 'IPv6';
  const ips = [...(status?.podIPs ?? []).map(({ ip }) => ip), status?.podIP ?? ''];
  return ips.find((ip) => ip !== '' && ip.includes(':') === six);
}

function subset(entries: readonly Entry[]): EndpointSubset {
  const sorted = [...entries].sort((a, b) => (addressKey(a) < addressKey(b) ? -1 : 1));
  const of = (ready: boolean) => sorted.filter((one) => one.ready === ready).map(({ address }) => address);
  return make(of(true), of(false), entries[0]?.ports);
}

function make(addresses: EndpointAddress[], notReadyAddresses: EndpointAddress[], ports: EndpointPort[] | undefined): EndpointSubset {
  return {
    ...(addresses.length === 0 ? {} : { addresses }),
    ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
    ...(ports === undefined || ports.length === 0 ? {} : { ports }),
  };
}

function portKey({ name = '', port, protocol = 'TCP', appProtocol = '' }: EndpointPort): string {
  return `${name} ${String(port).padStart(5, '0')} ${protocol} ${appProtocol}`;
}

function addressKey({ address }: Entry): string {
  return `${address.ip} ${address.targetRef?.uid ?? ''}`;
}
