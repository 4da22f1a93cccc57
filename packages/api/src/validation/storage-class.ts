import { isEqual } from '../meta/equal.ts';
import { checkQualifiedName } from '../names/index.ts';
import type { StorageClass } from '../storage/v1/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkName } from './rules.ts';

const mostParameters = 512;
const parameterBytes = 256 * 1024;

/** A StorageClass. */
export function checkStorageClass(storageClass: StorageClass, causes: Causes): void {
  checkName(storageClass.provisioner, 'provisioner', (name) => checkQualifiedName(name.toLowerCase()), causes);
  checkEnum(storageClass.reclaimPolicy, 'reclaimPolicy', ['Delete', 'Retain'], causes);
  checkEnum(storageClass.volumeBindingMode, 'volumeBindingMode', ['Immediate', 'WaitForFirstConsumer'], causes, true);
  const parameters = Object.entries(storageClass.parameters ?? {});
  if (parameters.length > mostParameters) {
    causes.tooLong('parameters', mostParameters);
    return;
  }
  if (parameters.some(([key]) => key === '')) causes.invalid('parameters', '', 'field can not be empty.');
  if (parameters.reduce((size, [key, value]) => size + key.length + value.length, 0) > parameterBytes) causes.tooLong('parameters', parameterBytes);
}

/** A change to a StorageClass. */
export function checkStorageClassChange(next: StorageClass, old: StorageClass, causes: Causes): void {
  if (!isEqual(next.parameters, old.parameters)) causes.forbidden('parameters', 'updates to parameters are forbidden.');
  if (next.provisioner !== old.provisioner) causes.forbidden('provisioner', 'updates to provisioner are forbidden.');
  if (next.reclaimPolicy !== old.reclaimPolicy) causes.forbidden('reclaimPolicy', 'updates to reclaimPolicy are forbidden.');
  if (next.volumeBindingMode !== old.volumeBindingMode) causes.invalid('volumeBindingMode', next.volumeBindingMode, 'field is immutable');
}
