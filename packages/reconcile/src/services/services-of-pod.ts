import { isEqual } from '@keelson/api';
import { Service, type Pod } from '@keelson/api/core/v1';
import type { ObjectRef } from '@keelson/sdk';
import type { Caches, IndexDeclaration } from '@keelson/sdk/controller';

/** Index that leads from a pod's labels to the services that may select it, without looking at the others. */
export const bySelector: IndexDeclaration<Service> = {
  kind: Service,
  name: 'selector',
  of: ({ metadata, spec }) => {
    const [first] = Object.entries(spec?.selector ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    return first === undefined ? [] : [indexValue(metadata.namespace, first)];
  },
};

/** True if the service's selector, which must not be empty, picks the labels. */
export function selects(service: Service, labels: Readonly<Record<string, string>> = {}): boolean {
  const selector = Object.entries(service.spec?.selector ?? {});
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

/** The services that a change of the pod concerns: those that select it now and, if its labels changed, before. */
export function servicesOfPod(pod: Pod, caches: Caches, { previous, deleted }: { readonly previous: Pod | undefined; readonly deleted: boolean }): readonly ObjectRef[] {
  if (previous !== undefined && !deleted && !concernsEndpoints(previous, pod)) return [];
  const now = selecting(pod, caches);
  if (previous === undefined || isEqual(previous.metadata.labels, pod.metadata.labels)) return now;
  return [...now, ...selecting(previous, caches)];
}

function selecting({ metadata }: Pod, caches: Caches): readonly ObjectRef[] {
  return Object.entries(metadata.labels ?? {})
    .flatMap((label) => caches.byIndex(Service, bySelector.name, indexValue(metadata.namespace, label)))
    .filter((service) => selects(service, metadata.labels))
    .map((service) => service.metadata);
}

/** Most changes of a pod, such as a container's restart count, say nothing about where it is reached. */
function concernsEndpoints(before: Pod, after: Pod): boolean {
  return !isEqual(view(before), view(after));
}

function view({ metadata, spec, status }: Pod) {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return [
    metadata.labels, metadata.deletionTimestamp, spec.nodeName, spec.hostname, spec.subdomain, status?.phase, status?.podIP, status?.podIPs, ready?.status,
  ].map((part) => part ?? null);
}

function indexValue(namespace: string | undefined, [key, value]: readonly [string, string]): string {
  return `${namespace ?? ''}/${key}=${value}`;
}
