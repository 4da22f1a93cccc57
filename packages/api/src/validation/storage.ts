import type { PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../core/v1/index.ts';
import { isEqual } from '../meta/equal.ts';
import { checkDns1123Subdomain } from '../names/index.ts';
import { compareQuantities, knownQuantity } from '../quantity/index.ts';
import type { StorageClass } from '../storage/v1/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkSelector } from './rules.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const volumeModes = ['Block', 'Filesystem'];

function checkAccessModes(modes: readonly string[] | undefined, causes: Causes): void {
  if ((modes ?? []).length === 0) causes.required('spec.accessModes', 'at least 1 access mode is required');
  for (const mode of modes ?? []) if (!accessModes.includes(mode)) causes.notSupported('spec.accessModes', mode, accessModes);
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

const notSources = new Set([
  'accessModes', 'capacity', 'claimRef', 'mountOptions', 'nodeAffinity', 'persistentVolumeReclaimPolicy', 'storageClassName', 'volumeAttributesClassName', 'volumeMode',
]);

function sourceOf(spec: PersistentVolume['spec']): object {
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !notSources.has(field)));
}

/** A PersistentVolume. */
export function checkPersistentVolume({ spec = {} }: PersistentVolume, causes: Causes): void {
  checkAccessModes(spec.accessModes, causes);
  const size = spec.capacity?.['storage'];
  if (spec.capacity === undefined || Object.keys(spec.capacity).length === 0) causes.required('spec.capacity');
  else if (size === undefined) causes.notSupported('spec.capacity', spec.capacity, ['storage']);
  else if (knownQuantity(size).nano <= 0n) causes.invalid('spec.capacity[storage]', size, 'must be greater than zero');
  checkEnum(spec.persistentVolumeReclaimPolicy, 'spec.persistentVolumeReclaimPolicy', ['Delete', 'Recycle', 'Retain'], causes);
  checkEnum(spec.volumeMode, 'spec.volumeMode', volumeModes, causes);
  const sources = Object.keys(sourceOf(spec));
  if (sources.length === 0) causes.required('spec', 'must specify a volume type');
  for (const extra of sources.slice(1)) causes.forbidden(`spec.${extra}`, 'may not specify more than 1 volume type');
  if (spec.hostPath !== undefined && !spec.hostPath.path) causes.required('spec.hostPath.path');
  if (spec.local !== undefined && spec.nodeAffinity === undefined) causes.required('spec.nodeAffinity', 'Local volume requires node affinity');
}

/** A change to a PersistentVolume. */
export function checkPersistentVolumeChange(next: PersistentVolume, old: PersistentVolume, causes: Causes): void {
  if (!isEqual(sourceOf(next.spec), sourceOf(old.spec))) causes.forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation');
  if (!isEqual(next.spec.volumeMode, old.spec.volumeMode)) causes.invalid('spec.volumeMode', next.spec.volumeMode, 'field is immutable');
}

/** A StorageClass. */
export function checkStorageClass(storageClass: StorageClass, causes: Causes): void {
  if (!storageClass.provisioner) causes.required('provisioner');
  checkEnum(storageClass.reclaimPolicy, 'reclaimPolicy', ['Delete', 'Retain'], causes);
  checkEnum(storageClass.volumeBindingMode, 'volumeBindingMode', ['Immediate', 'WaitForFirstConsumer'], causes, true);
  const parameters = Object.entries(storageClass.parameters ?? {});
  if (parameters.length > 512) causes.tooLong('parameters', 512);
  if (parameters.some(([key]) => key === '')) causes.invalid('parameters', '', 'field must not be empty.');
}

/** A change to a StorageClass. */
export function checkStorageClassChange(next: StorageClass, old: StorageClass, causes: Causes): void {
  if (!isEqual(next.parameters, old.parameters)) causes.forbidden('parameters', 'updates to parameters are forbidden.');
  if (next.provisioner !== old.provisioner) causes.forbidden('provisioner', 'updates to provisioner are forbidden.');
  if (next.reclaimPolicy !== old.reclaimPolicy) causes.forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.');
  if (next.volumeBindingMode !== old.volumeBindingMode) causes.invalid('volumeBindingMode', next.volumeBindingMode, 'field is immutable');
}
