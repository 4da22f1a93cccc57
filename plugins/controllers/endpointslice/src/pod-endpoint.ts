import { isConditionTrue, isTerminating } from '@keelson/api';
import type { Pod, Service } from '@keelson/api/core/v1';
import type { Endpoint } from '@keelson/api/discovery/v1';
import { isPodFinished } from '@keelson/reconcile';

/** Address families of slices. */
export type AddressType = 'IPv4' | 'IPv6';

/** Slices have one family each; a service without families is of the first one. */
export function addressTypesOf(service: Service): readonly AddressType[] {
  const families = service.spec?.ipFamilies ?? [];
  const known = (['IPv4', 'IPv6'] as const).filter((family) => families.includes(family));
  return known.length === 0 ? ['IPv4'] : known;
}

/** The pod's address of a family; undefined while it has none. */
function addressOf({ status }: Pod, type: AddressType): string | undefined {
  const ips = [...(status?.podIPs ?? []).map(({ ip }) => ip), status?.podIP ?? ''];
  return ips.find((ip) => ip !== '' && ip.includes(':') === (type === 'IPv6'));
}

/** The pod as an endpoint of the service; undefined for one that has ended or has no address of that family. */
export function podEndpoint(pod: Pod, service: Service, type: AddressType, zone: string | undefined): Endpoint | undefined {
  const address = addressOf(pod, type);
  if (address === undefined || isPodFinished(pod)) return undefined;
  const serving = isConditionTrue(pod.status?.conditions, 'Ready');
  const terminating = isTerminating(pod);
  const { name, namespace, uid } = pod.metadata;
  return {
    addresses: [address],
    conditions: { ready: service.spec?.publishNotReadyAddresses === true || (serving && !terminating), serving, terminating },
    ...(hostnameIn(pod, service) ? { hostname: pod.spec.hostname } : {}),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: 'Pod', name, namespace, uid },
    ...(zone === undefined ? {} : { zone }),
  };
}

/** A pod that joins the service's subdomain is found by its own name there. */
function hostnameIn({ spec, metadata }: Pod, service: Service): boolean {
  return (spec.hostname ?? '') !== '' && spec.subdomain === service.metadata.name && metadata.namespace === service.metadata.namespace;
}
