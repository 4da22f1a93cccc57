import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../core/v1/index.ts';
import { isEqual } from '../meta/equal.ts';
import { checkDns1123Subdomain } from '../names/index.ts';
import { compareQuantities, knownQuantity } from '../quantity/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkSelector } from './rules.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];

/** How a volume may be presented to containers. */
export const volumeModes: readonly string[] = ['Block', 'Filesystem'];

/** Access modes of a volume or a claim. */
export function checkAccessModes(modes: readonly string[] | undefined, causes: Causes): void {
  if ((modes ?? []).length === 0) causes.required('spec.accessModes', 'at least 1 access mode is required');
  for (const mode of modes ?? []) if (!accessModes.includes(mode)) causes.notSupported('spec.accessModes', mode, accessModes);
  if (modes?.includes('ReadWriteOncePod') === true && modes.length > 1) causes.forbidden('spec.accessModes', 'may not use ReadWriteOncePod with other access modes');
}

/** A PersistentVolumeClaim. */
export function checkPersistentVolumeClaim({ spec = {} }: PersistentVolumeClaim, causes: Causes): void {
  checkAccessModes(spec.accessModes, causes);
  checkSelector(spec.selector, 'spec.selector', causes);
  const size = spec.resources?.requests?.['storage'];
  if (size === undefined) causes.required('spec.resources[storage]');
  else if (knownQuantity(size).nano <= 0n) causes.invalid('spec.resources[storage]', size, 'must be greater than zero');
  if (spec.storageClassName !== undefined && spec.storageClassName !== '') checkForm(spec.storageClassName, 'spec.storageClassName', checkDns1123Subdomain, causes);
  checkEnum(spec.volumeMode, 'spec.volumeMode', volumeModes, causes);
}

/** A change to a PersistentVolumeClaim: a bound claim may grow, and a volume may be named once. */
export function checkPersistentVolumeClaimChange(next: PersistentVolumeClaim, old: PersistentVolumeClaim, causes: Causes): void {
  const bound = old.status?.phase === 'Bound';
  const frozen = (spec: PersistentVolumeClaimSpec): object => ({
    ...spec,
    ...(old.spec.volumeName ? {} : { volumeName: undefined }),
    ...(old.spec.storageClassName === undefined ? { storageClassName: undefined } : {}),
    ...(bound ? { resources: { ...spec.resources, requests: { ...spec.resources?.requests, storage: undefined } }, volumeAttributesClassName: undefined } : {}),
  });
  if (!isEqual(frozen(next.spec), frozen(old.spec))) {
    causes.forbidden('spec', 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims');
  }
  const [before, after] = [old.spec.resources?.requests?.['storage'], next.spec.resources?.requests?.['storage']];
  const smaller = before !== undefined && after !== undefined && compareQuantities(knownQuantity(after), knownQuantity(before)) < 0;
  const actual = old.status?.capacity?.['storage'];
  if (bound && smaller && (actual === undefined || compareQuantities(knownQuantity(after), knownQuantity(actual)) <= 0)) {
    causes.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity');
  }
}
