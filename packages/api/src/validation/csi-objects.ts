import { isEqual } from '../meta/equal.ts';
import { checkDns1123Subdomain, checkQualifiedName } from '../names/index.ts';
import { knownQuantity } from '../quantity/index.ts';
import type { CSINode, CSIStorageCapacity, VolumeAttachment, VolumeAttributesClass } from '../storage/v1/index.ts';
import type { Causes } from './causes.ts';
import { checkForm, checkImmutable, checkName, checkNonNegative, checkSelector } from './rules.ts';

const driverName = (name: string): readonly string[] => checkDns1123Subdomain(name.toLowerCase());
const longestDriver = 63;
const longestNodeId = 256;

function checkDriver(name: string | undefined, field: string, causes: Causes): void {
  checkName(name, field, driverName, causes);
  if ((name ?? '').length > longestDriver) causes.tooLong(field, longestDriver);
}

/** A VolumeAttachment. */
export function checkVolumeAttachment({ spec }: VolumeAttachment, causes: Causes): void {
  checkDriver(spec?.attacher, 'spec.attacher', causes);
  const { inlineVolumeSpec, persistentVolumeName } = spec?.source ?? {};
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (inlineVolumeSpec === undefined && persistentVolumeName === undefined) causes.required('spec.source', one);
  else if (inlineVolumeSpec !== undefined && persistentVolumeName !== undefined) causes.forbidden('spec.source', one);
  else if (persistentVolumeName === '') causes.required('spec.source.persistentVolumeName', 'must specify non empty persistentVolumeName');
  checkForm(spec?.nodeName ?? '', 'spec.nodeName', checkDns1123Subdomain, causes);
}

/** A change to a VolumeAttachment. */
export function checkVolumeAttachmentChange(next: VolumeAttachment, old: VolumeAttachment, causes: Causes): void {
  checkImmutable(next.spec, old.spec, 'spec', causes);
}

/** A CSINode. */
export function checkCSINode({ spec }: CSINode, causes: Causes): void {
  const names = new Set<string>();
  for (const [index, { name, nodeID, topologyKeys, allocatable }] of (spec?.drivers ?? []).entries()) {
    const at = `spec.drivers[${index}]`;
    checkDriver(name, `${at}.name`, causes);
    if (names.has(name)) causes.duplicate(`${at}.name`, name);
    names.add(name);
    if (!nodeID) causes.required(`${at}.nodeID`, nodeID ?? '');
    else if (nodeID.length > longestNodeId) causes.invalid(`${at}.nodeID`, nodeID, `must be ${longestNodeId} characters or less`);
    checkNonNegative(allocatable?.count, `${at}.allocatable.count`, causes);
    const keys = new Set<string>();
    for (const key of topologyKeys ?? []) {
      if (keys.has(key)) causes.duplicate(`${at}.topologyKeys`, key);
      keys.add(key);
      checkForm(key, `${at}.topologyKeys`, checkQualifiedName, causes);
    }
  }
}

/** A CSIStorageCapacity. */
export function checkCSIStorageCapacity({ storageClassName, nodeTopology, capacity, maximumVolumeSize }: CSIStorageCapacity, causes: Causes): void {
  checkForm(storageClassName ?? '', 'storageClassName', checkDns1123Subdomain, causes);
  for (const [field, amount] of Object.entries({ capacity, maximumVolumeSize })) {
    if (amount !== undefined && knownQuantity(amount).nano < 0n) causes.invalid(field, amount, 'must be greater than or equal to 0');
  }
  checkSelector(nodeTopology, 'nodeTopology', causes);
}

/** A change to a CSIStorageCapacity. */
export function checkCSIStorageCapacityChange(next: CSIStorageCapacity, old: CSIStorageCapacity, causes: Causes): void {
  checkImmutable(next.nodeTopology, old.nodeTopology, 'nodeTopology', causes);
  checkImmutable(next.storageClassName, old.storageClassName, 'storageClassName', causes);
}

/** A VolumeAttributesClass. */
export function checkVolumeAttributesClass({ driverName: driver, parameters }: VolumeAttributesClass, causes: Causes): void {
  checkDriver(driver, 'driverName', causes);
  if (Object.keys(parameters ?? {}).length === 0) causes.required('parameters', 'must contain at least one key/value pair');
}

/** A change to a VolumeAttributesClass. */
export function checkVolumeAttributesClassChange(next: VolumeAttributesClass, old: VolumeAttributesClass, causes: Causes): void {
  if (next.driverName !== old.driverName) causes.forbidden('driverName', 'updates to driverName are forbidden.');
  if (!isEqual(next.parameters, old.parameters)) causes.forbidden('parameters', 'updates to parameters are forbidden.');
}
