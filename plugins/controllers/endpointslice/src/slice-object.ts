import { controllerReference, isEqual } from '@keelson/api';
import type { Service } from '@keelson/api/core/v1';
import type { EndpointSlice } from '@keelson/api/discovery/v1';
import { formatTime } from '@keelson/api/time';
import type { SliceContent } from './slice-plan.ts';

const managedBy = 'endpointslice-controller.k8s.io';
const serviceName = 'kubernetes.io/service-name';
const managedByLabel = 'endpointslice.kubernetes.io/managed-by';
const headless = 'service.kubernetes.io/headless';
const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time';

/** Labels of a service's slices: the service's own, and those by which readers find the slices. */
function sliceLabels({ metadata, spec }: Service): Record<string, string> {
  const { [headless]: _, [serviceName]: __, [managedByLabel]: ___, ...own } = metadata.labels ?? {};
  return { ...own, ...(spec?.clusterIP === 'None' ? { [headless]: '' } : {}), [serviceName]: metadata.name, [managedByLabel]: managedBy };
}

/** A slice to be created. */
export function newSlice(service: Service, content: SliceContent, changedAt: number | undefined): EndpointSlice {
  const { name, namespace } = service.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      generateName: `${name}-`, namespace, labels: sliceLabels(service), ownerReferences: [controllerReference(service)],
      ...(changedAt === undefined ? {} : { annotations: { [triggerTime]: formatTime(changedAt) } }),
    } as unknown as EndpointSlice['metadata'],
    ...body(content),
  };
}

/** The stored slice with new content; the address family of a slice never changes. */
export function changedSlice(slice: EndpointSlice, service: Service, content: SliceContent, changedAt: number | undefined): EndpointSlice {
  const { [triggerTime]: _, ...annotations } = slice.metadata.annotations ?? {};
  return {
    ...slice,
    metadata: { ...slice.metadata, labels: sliceLabels(service), annotations: { ...annotations, ...(changedAt === undefined ? {} : { [triggerTime]: formatTime(changedAt) }) } },
    ...body(content),
  };
}

/** True if the service's labels have to be carried over. */
export function hasOtherLabels(slice: EndpointSlice, service: Service): boolean {
  return !isEqual(slice.metadata.labels, sliceLabels(service));
}

function body({ addressType, endpoints, ports }: SliceContent) {
  return { addressType, endpoints: [...endpoints], ports: [...ports] };
}
