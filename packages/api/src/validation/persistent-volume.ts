import type { PersistentVolume } from '../core/v1/index.ts';
import { isEqual } from '../meta/equal.ts';
import { checkDns1123Subdomain } from '../names/index.ts';
import { knownQuantity } from '../quantity/index.ts';
import type { Causes } from './causes.ts';
import { checkNodeTerm } from './placement.ts';
import { checkEnum, checkForm, checkName } from './rules.ts';
import { checkAccessModes, volumeModes } from './storage.ts';

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
  checkSource(spec, causes);
  if (spec.storageClassName) checkForm(spec.storageClassName, 'spec.storageClassName', checkDns1123Subdomain, causes);
  for (const [index, term] of (spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).entries()) {
    checkNodeTerm(term, `spec.nodeAffinity.required.nodeSelectorTerms[${index}]`, causes);
  }
  if (spec.nodeAffinity !== undefined && spec.nodeAffinity.required === undefined) causes.required('spec.nodeAffinity.required', 'must specify required node constraints');
  if (spec.local !== undefined && spec.nodeAffinity === undefined) causes.required('spec.nodeAffinity', 'Local volume requires node affinity');
}

function checkSource({ csi, hostPath, local, nfs, persistentVolumeReclaimPolicy: policy }: Partial<PersistentVolume['spec']>, causes: Causes): void {
  if (hostPath !== undefined) {
    checkPath(hostPath.path, 'spec.hostPath.path', causes);
    if (policy === 'Recycle' && (hostPath.path ?? '').replace(/\/+$/, '') === '') causes.forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'");
  }
  if (local !== undefined) checkPath(local.path, 'spec.local.path', causes);
  if (nfs !== undefined) {
    if (!nfs.server) causes.required('spec.nfs.server');
    if (!nfs.path) causes.required('spec.nfs.path');
    else if (!nfs.path.startsWith('/')) causes.invalid('spec.nfs.path', nfs.path, 'must be an absolute path');
  }
  if (csi === undefined) return;
  checkName(csi.driver, 'spec.csi.driver', (name) => checkDns1123Subdomain(name.toLowerCase()), causes);
  if (!csi.volumeHandle) causes.required('spec.csi.volumeHandle');
}

function checkPath(path: string | undefined, field: string, causes: Causes): void {
  if (!path) causes.required(field);
  else if (path.split('/').includes('..')) causes.invalid(field, path, "must not contain '..'");
}

/** A change to a PersistentVolume. */
export function checkPersistentVolumeChange(next: PersistentVolume, old: PersistentVolume, causes: Causes): void {
  if (!isEqual(sourceOf(next.spec), sourceOf(old.spec))) causes.forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation');
  if (!isEqual(next.spec.volumeMode, old.spec.volumeMode)) causes.invalid('spec.volumeMode', next.spec.volumeMode, 'field is immutable');
}
