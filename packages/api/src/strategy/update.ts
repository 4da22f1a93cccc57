import type { Kind } from '../kind.ts';
import type { Namespace, Pod, Service } from '../core/v1/index.ts';
import { isEqual } from '../meta/equal.ts';
import type { KubeObject } from '../meta/object.ts';
import { keepAllocated } from './keep-allocated.ts';
import { qosClassOf } from './qos.ts';
import { traitsOf } from './traits.ts';

type Sections = KubeObject & { [section: string]: unknown };

/**
 * Prepares an update of the main resource, in place: what only the server or the status subresource may change is
 * taken from `old`, and generation counts up when the desired state differs.
 */
export function prepareForUpdate(kind: Kind, next: KubeObject, old: KubeObject): void {
  const traits = traitsOf(kind);
  keepSystemFields(next, old);
  if (traits.status) keep(next as Sections, old as Sections, 'status');
  if (kind.group === '') keepCoreFields(kind.kind, next, old);
  if (traits.generation && !sameDesiredState(next, old)) next.metadata.generation = (old.metadata.generation ?? 0) + 1;
}

/** Prepares an update through the status subresource, in place: everything but status comes from `old`. */
export function prepareForStatusUpdate(kind: Kind, next: KubeObject, old: KubeObject): void {
  keepSystemFields(next, old);
  for (const section of desiredSections(next, old)) keep(next as Sections, old as Sections, section);
  const keepsAll = traitsOf(kind).statusKeepsMetadata;
  if (keepsAll) for (const field of ['labels', 'annotations', 'finalizers'] as const) keep(next.metadata, old.metadata, field);
  if (keepsAll || kind.kind === 'Pod') keep(next.metadata, old.metadata, 'ownerReferences');
  if (kind.kind === 'Deployment') keep(next.metadata, old.metadata, 'labels');
}

/** True when nothing but metadata and status differs. */
export function sameDesiredState(a: KubeObject, b: KubeObject): boolean {
  return desiredSections(a, b).every((section) => isEqual((a as Sections)[section], (b as Sections)[section]));
}

const notDesired = new Set(['apiVersion', 'kind', 'metadata', 'status']);

function desiredSections(a: KubeObject, b: KubeObject): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((section) => !notDesired.has(section));
}

function keepSystemFields(next: KubeObject, old: KubeObject): void {
  for (const field of ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation', 'selfLink'] as const) {
    keep(next.metadata, old.metadata, field);
  }
}

function keepCoreFields(kind: string, next: KubeObject, old: KubeObject): void {
  if (kind === 'Pod') keepQos(next as Pod);
  else if (kind === 'Service') keepAllocated(next as Service, old as Service);
  // The finalize subresource is the only way to change them.
  else if (kind === 'Namespace') keep(((next as Namespace).spec ??= {}), (old as Namespace).spec ?? {}, 'finalizers');
}

/** A pod keeps the class it was created with; resizes that would change it are refused by validation. */
function keepQos(pod: Pod): void {
  if (pod.status !== undefined && pod.status.qosClass === undefined) pod.status.qosClass = qosClassOf(pod.spec);
}

function keep<T extends object, K extends keyof T>(next: T, old: T, field: K): void {
  if (old[field] === undefined) delete next[field];
  else next[field] = old[field];
}
