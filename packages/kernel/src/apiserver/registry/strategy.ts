import type { Kind, StatusCause } from '@keelson/api';
import { defaultObject } from '@keelson/api/defaulting';
import { gracePeriodOf as gracePeriod, prepareForCreate, prepareForStatusUpdate, prepareForUpdate as prepareUpdate, sameDesiredState, traitsOf } from '@keelson/api/strategy';
import { validateCreate, validateUpdate } from '@keelson/api/validation';
import { narrowUpdate } from './narrow-subresources.ts';
import type { MutableObject } from '../mutable-object.ts';

export { prepareForCreate };

/** Puts defaults in place. */
export function withDefaults(kind: Kind, object: MutableObject): void {
  defaultObject(kind, object);
}

export function validateForCreate(kind: Kind, object: MutableObject): readonly StatusCause[] {
  return validateCreate(kind, object);
}

/**
 * Takes from `old` what this way of writing may not change. Subresources beside `status` build their result from the
 * stored object themselves and change what they are there for, nothing else.
 */
export function prepareForUpdate(kind: Kind, next: MutableObject, old: MutableObject, subresource: string): void {
  if (subresource === '') prepareUpdate(kind, next, old);
  else if (subresource === 'status' || subresource === 'approval') prepareForStatusUpdate(kind, next, old);
  else {
    narrowUpdate(subresource, next, old);
    if (traitsOf(kind).generation && !sameDesiredState(next, old)) next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  }
}

/** Written by the server's own code from checked input. */
const unchecked = new Set(['binding', 'finalize']);

export function validateForUpdate(kind: Kind, next: MutableObject, old: MutableObject, subresource: string): readonly StatusCause[] {
  return unchecked.has(subresource) ? [] : validateUpdate(kind, next, old, subresource === '' ? {} : { subresource });
}

/** A PUT to a missing name creates the object (Leases, RBAC …). */
export function allowsCreateOnUpdate(kind: Kind): boolean {
  return traitsOf(kind).createOnUpdate;
}

export function allowsUnconditionalUpdate(kind: Kind): boolean {
  return traitsOf(kind).unconditionalUpdate;
}

/** Seconds that a deletion waits for the node agent. */
export function gracePeriodOf(kind: Kind, object: MutableObject, requested: number | undefined): number {
  return gracePeriod(kind, object, requested);
}

const returningDeleted = new Set(['/pods', '/services', '/namespaces', '/persistentvolumes', '/persistentvolumeclaims', '/serviceaccounts', '/resourcequotas', '/podtemplates', 'policy/podsecuritypolicies', 'storage.k8s.io/volumeattachments', 'storage.k8s.io/csidrivers', 'storage.k8s.io/csinodes', 'storage.k8s.io/storageclasses']);

/** DELETE answers with the object instead of a Status for these kinds, as upstream's strategies say. */
export function returnsDeletedObject(kind: Kind): boolean {
  return returningDeleted.has(`${kind.group}/${kind.plural}`);
}
