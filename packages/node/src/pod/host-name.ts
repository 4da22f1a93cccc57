import type { Pod } from '@keelson/api/core/v1';

/** The pod's name for itself: at most 63 characters, as the kernel and DNS want it. */
export function hostName({ metadata, spec }: Pod): string {
  const name = spec.hostname !== undefined && spec.hostname !== '' ? spec.hostname : metadata.name;
  return name.slice(0, 63).replace(/[-.]+$/, '');
}

/** `web-0.web.shop.svc.cluster.local` of a pod with a subdomain; undefined for others. */
export function fullName(pod: Pod, clusterDomain: string): string | undefined {
  const { subdomain } = pod.spec;
  return subdomain === undefined || subdomain === '' ? undefined : `${hostName(pod)}.${subdomain}.${pod.metadata.namespace ?? ''}.svc.${clusterDomain}`;
}
