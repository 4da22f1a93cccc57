import { isEqual, isTerminating } from '@keelson/api';
import { Endpoints, Pod, Service } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import { newObject } from '@keelson/reconcile';
import { bySelector, selects, servicesOfPod, TriggerTimes } from '@keelson/reconcile/services';
import { isStatus, type StatusError } from '@keelson/sdk';
import type { Caches, ControllerDeclaration, ReconcileContext } from '@keelson/sdk/controller';
import { subsetsOf, truncate } from './subsets.ts';

/** Settings of the controller. */
export interface EndpointsSettings {
  readonly concurrency: number;
  /** Changes of one service within so many milliseconds are written together. */
  readonly batchPeriod: number;
}

/** Addresses in one object, at most; slices have no such limit. */
const capacity = 1000;
const overCapacity = 'endpoints.kubernetes.io/over-capacity';
const triggerTime = 'endpoints.kubernetes.io/last-change-trigger-time';
const managedByLabel = 'endpoints.kubernetes.io/managed-by';
const managedBy = 'endpoint-controller';
const headless = 'service.kubernetes.io/headless';

/** The Endpoints objects of all services that select pods. */
export function endpointsController({ concurrency, batchPeriod }: EndpointsSettings): ControllerDeclaration<Service> {
  const triggers = new TriggerTimes();
  return {
    name: 'endpoints',
    for: Service,
    watches: [
      { kind: Pod, enqueue: servicesOfPod },
      { kind: Endpoints, enqueue: (endpoints: Endpoints, caches: Caches, { deleted }: { deleted: boolean }) => (deleted || isOurs(endpoints) ? [endpoints.metadata] : []) },
    ],
    indexes: [bySelector],
    concurrency,
    spacing: () => batchPeriod,
    reconcile: (service, context) => reconcile(service, context, triggers),
    async deleted(ref, { api, caches }) {
      triggers.forget(ref);
      if (caches.get(Endpoints, ref) !== undefined) await api.delete({ kind: Endpoints, ref });
    },
  };
}

function isOurs({ metadata }: Endpoints): boolean {
  return metadata.labels?.[managedByLabel] === managedBy;
}

async function reconcile(service: Service, { api, caches }: ReconcileContext, triggers: TriggerTimes): Promise<void> {
  const { metadata, spec } = service;
  if (isTerminating(service) || spec?.type === 'ExternalName' || Object.keys(spec?.selector ?? {}).length === 0) return;
  const pods = caches.list(Pod, metadata.namespace).filter((pod) => selects(service, pod.metadata.labels));
  const changedAt = triggers.next(service, pods);
  const { subsets, truncated } = truncate(subsetsOf(service, pods), capacity);
  const present = caches.get(Endpoints, { namespace: metadata.namespace, name: metadata.name });
  const labels = labelsOf(service);
  if (present !== undefined && isEqual(present.subsets, subsets) && isEqual(present.metadata.labels, labels) && isTruncated(present) === truncated) return;
  const { [triggerTime]: _, [overCapacity]: __, ...others } = present?.metadata.annotations ?? {};
  const annotations = { ...others, ...(changedAt === undefined ? {} : { [triggerTime]: formatTime(changedAt) }), ...(truncated ? { [overCapacity]: 'truncated' } : {}) };
  if (present !== undefined) await api.update({ ...present, metadata: { ...present.metadata, labels, annotations }, subsets });
  else await createUnlessGoing(() => api.create(newObject(Endpoints, { metadata: { name: metadata.name, namespace: metadata.namespace, labels, annotations }, subsets })));
}

function labelsOf({ metadata, spec }: Service): Record<string, string> {
  const { [headless]: _, ...own } = metadata.labels ?? {};
  return { ...own, ...(spec?.clusterIP === 'None' ? { [headless]: '' } : {}), [managedByLabel]: managedBy };
}

function isTruncated({ metadata }: Endpoints): boolean {
  return metadata.annotations?.[overCapacity] === 'truncated';
}

/** A namespace that is being deleted takes no new content, and will not need any. */
async function createUnlessGoing(create: () => Promise<unknown>): Promise<void> {
  try {
    await create();
  } catch (error) {
    const causes = isStatus(error, 'Forbidden') ? ((error as StatusError).details.causes ?? []) : [];
    if (!causes.some(({ reason }) => reason === 'NamespaceTerminating')) throw error;
  }
}
