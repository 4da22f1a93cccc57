import { isTerminating } from '@keelson/api';
import { Node, Pod, Service } from '@keelson/api/core/v1';
import { EndpointSlice, type Endpoint, type EndpointPort } from '@keelson/api/discovery/v1';
import { bySelector, selects, servedPorts, servicesOfPod, TriggerTimes } from '@keelson/reconcile/services';
import { isStatus, KeelsonError, type StatusError } from '@keelson/sdk';
import type { Caches, ControllerDeclaration, ReconcileContext } from '@keelson/sdk/controller';
import { portsKey } from './ports-key.ts';
import { addressTypesOf, podEndpoint, type AddressType } from './pod-endpoint.ts';
import { changedSlice, hasOtherLabels, newSlice } from './slice-object.ts';
import { planSlices, type SlicePlan } from './slice-plan.ts';

/** Settings of the controller. */
export interface EndpointSliceSettings {
  readonly concurrency: number;
  readonly maxEndpoints: number;
  /** Changes of one service within so many milliseconds are written together. */
  readonly batchPeriod: number;
}

/** Slices of all services that select pods. */
export function endpointSliceController({ concurrency, maxEndpoints, batchPeriod }: EndpointSliceSettings): ControllerDeclaration<Service> {
  const triggers = new TriggerTimes();
  return {
    name: 'endpointslice',
    for: Service,
    owns: [EndpointSlice],
    watches: [{ kind: Pod, enqueue: servicesOfPod }],
    reads: [Node],
    indexes: [bySelector],
    concurrency,
    spacing: () => batchPeriod,
    reconcile: (service, context) => reconcile(service, context, triggers, maxEndpoints),
    // The slices themselves go with their owner.
    deleted: (ref) => triggers.forget(ref),
  };
}

async function reconcile(service: Service, context: ReconcileContext, triggers: TriggerTimes, max: number): Promise<void> {
  const { spec } = service;
  if (isTerminating(service) || spec?.type === 'ExternalName' || Object.keys(spec?.selector ?? {}).length === 0) return;
  const { caches } = context;
  const pods = caches.list(Pod, service.metadata.namespace).filter(({ metadata }) => selects(service, metadata.labels));
  const changedAt = triggers.next(service, pods);
  const slices = caches.ownedBy(EndpointSlice, service.metadata.uid).filter((slice) => !isTerminating(slice));
  const types = addressTypesOf(service);
  let unplaced = 0;
  for (const type of types) {
    const desired = desiredEndpoints(service, pods, type, caches);
    unplaced += desired.unplaced;
    const existing = slices.filter(({ addressType }) => addressType === type);
    await carryOut(planSlices(existing, desired.byPorts, type, max), existing, service, context, changedAt);
  }
  for (const slice of slices) if (!types.includes(slice.addressType as AddressType)) await context.api.delete(slice);
  if (unplaced > 0) throw new KeelsonError('KEEL_ENDPOINTS_NODE', `nodes of ${unplaced} pods of service ${service.metadata.name} are not known yet`);
}

function desiredEndpoints(service: Service, pods: readonly Pod[], type: AddressType, caches: Caches) {
  const byPorts = new Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>();
  let unplaced = 0;
  for (const pod of pods) {
    const node = pod.spec.nodeName ? caches.get(Node, { name: pod.spec.nodeName }) : undefined;
    const endpoint = podEndpoint(pod, service, type, node?.metadata.labels?.['topology.kubernetes.io/zone']);
    if (endpoint === undefined) continue;
    // A pod of a node that is gone answers to nobody; unready addresses were asked for without any check.
    if (node === undefined && pod.spec.nodeName && service.spec?.publishNotReadyAddresses !== true) {
      unplaced += 1;
      continue;
    }
    const ports = servedPorts(service, pod);
    const key = portsKey(ports);
    const group = byPorts.get(key);
    if (group === undefined) byPorts.set(key, { ports, endpoints: [endpoint] });
    else group.endpoints.push(endpoint);
  }
  return { byPorts, unplaced };
}

async function carryOut(plan: SlicePlan, existing: readonly EndpointSlice[], service: Service, { api }: ReconcileContext, changedAt: number | undefined): Promise<void> {
  const rewritten = new Set([...plan.update.map(({ slice }) => slice), ...plan.remove]);
  const relabelled = existing.filter((slice) => !rewritten.has(slice) && hasOtherLabels(slice, service));
  for (const content of plan.create) await createUnlessGoing(() => api.create(newSlice(service, content, changedAt)));
  for (const { slice, content } of plan.update) await api.update(changedSlice(slice, service, content, changedAt));
  for (const slice of relabelled) {
    const content = { addressType: slice.addressType as AddressType, endpoints: slice.endpoints ?? [], ports: slice.ports ?? [] };
    await api.update(changedSlice(slice, service, content, undefined));
  }
  for (const slice of plan.remove) await api.delete(slice);
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
