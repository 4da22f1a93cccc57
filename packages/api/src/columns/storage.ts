import type { PersistentVolume, PersistentVolumeClaim } from '../core/v1/index.ts';
import type { CSIDriver, CSINode, CSIStorageCapacity, StorageClass, VolumeAttachment, VolumeAttributesClass } from '../storage/v1/index.ts';
import { accessModes, orUnset } from './format.ts';
import { age, ageColumn, column, nameColumn, nameOf, wide, type Column, type Printer } from './table.ts';

const capacityColumn = column('Capacity', 'size');
const modesColumn = column('Access Modes', 'ways it can be mounted');
const classColumn = column('StorageClass', 'class that it comes from');
const attributesColumn = column('VolumeAttributesClass', 'class of its changeable attributes');
const modeColumn = wide('VolumeMode', 'file system or block device');
const annotation = 'volume.beta.kubernetes.io/storage-class';

/** PersistentVolumes. */
export const persistentVolumePrinter: Printer<PersistentVolume> = {
  columns: [
    nameColumn, capacityColumn, modesColumn, column('Reclaim Policy', 'what happens once it is released'), column('Status', 'phase'), column('Claim', 'claim that it is bound to'),
    classColumn, attributesColumn, column('Reason', 'why it is in this phase'), ageColumn, modeColumn,
  ],
  row: (object, now) => {
    const { metadata, spec = {}, status } = object;
    const claim = spec.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`;
    return [
      nameOf(object), spec.capacity?.['storage'] ?? '', accessModes(spec.accessModes), spec.persistentVolumeReclaimPolicy ?? '',
      metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating', claim, metadata.annotations?.[annotation] ?? spec.storageClassName ?? '',
      orUnset(spec.volumeAttributesClassName), status?.reason ?? '', age(object, now), orUnset(spec.volumeMode),
    ];
  },
};

/** PersistentVolumeClaims. */
export const persistentVolumeClaimPrinter: Printer<PersistentVolumeClaim> = {
  columns: [nameColumn, column('Status', 'phase'), column('Volume', 'volume that it is bound to'), capacityColumn, modesColumn, classColumn, attributesColumn, ageColumn, modeColumn],
  row: (object, now) => {
    const { metadata, spec = {}, status } = object;
    const bound = spec.volumeName !== undefined && spec.volumeName !== '';
    return [
      nameOf(object), metadata.deletionTimestamp === undefined ? (status?.phase ?? '') : 'Terminating', spec.volumeName ?? '',
      bound ? (status?.capacity?.['storage'] ?? '') : '', bound ? accessModes(status?.accessModes) : '', metadata.annotations?.[annotation] ?? spec.storageClassName ?? '',
      orUnset(spec.volumeAttributesClassName), age(object, now), orUnset(spec.volumeMode),
    ];
  },
};

const defaultClass = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

/** StorageClasses. */
export const storageClassPrinter: Printer<StorageClass> = {
  columns: [
    nameColumn, column('Provisioner', 'driver that makes its volumes'), column('ReclaimPolicy', 'what happens to released volumes'),
    column('VolumeBindingMode', 'when volumes are made'), column('AllowVolumeExpansion', 'whether claims may grow', 'boolean'), ageColumn,
  ],
  row: (object, now) => {
    const standard = defaultClass.some((key) => object.metadata.annotations?.[key] === 'true') ? ' (default)' : '';
    return [
      nameOf(object) + standard, object.provisioner ?? '', object.reclaimPolicy ?? 'Delete', object.volumeBindingMode ?? 'Immediate', object.allowVolumeExpansion ?? false,
      age(object, now),
    ];
  },
};

/** VolumeAttachments. */
export const volumeAttachmentPrinter: Printer<VolumeAttachment> = {
  columns: [
    nameColumn, column('Attacher', 'driver that attaches'), column('PV', 'volume'), column('Node', 'node that it is attached to'),
    column('Attached', 'whether it is attached', 'boolean'), ageColumn,
  ],
  row: (object, now) => [
    nameOf(object), object.spec?.attacher ?? '', object.spec?.source?.persistentVolumeName ?? '', object.spec?.nodeName ?? '', object.status?.attached ?? false, age(object, now),
  ],
};

const bool = (name: string, description: string): Column => column(name, description, 'boolean');

/** CSIDrivers. */
export const csiDriverPrinter: Printer<CSIDriver> = {
  columns: [
    nameColumn, bool('AttachRequired', 'whether volumes are attached to nodes'), bool('PodInfoOnMount', 'whether it learns about the pod'),
    bool('StorageCapacity', 'whether it publishes its capacity'), column('TokenRequests', 'audiences of the tokens it needs'),
    bool('RequiresRepublish', 'whether it is called again and again'), column('Modes', 'life cycles of its volumes'), ageColumn,
  ],
  row: (object, now) => {
    const { spec = {} } = object;
    const audiences = (spec.tokenRequests ?? []).map(({ audience }) => audience).join(',');
    return [
      nameOf(object), spec.attachRequired ?? true, spec.podInfoOnMount ?? false, spec.storageCapacity ?? false, orUnset(audiences), spec.requiresRepublish ?? false,
      (spec.volumeLifecycleModes ?? []).join(',') || '<none>', age(object, now),
    ];
  },
};

/** CSINodes. */
export const csiNodePrinter: Printer<CSINode> = {
  columns: [nameColumn, column('Drivers', 'drivers on the node', 'integer'), ageColumn],
  row: (object, now) => [nameOf(object), (object.spec?.drivers ?? []).length, age(object, now)],
};

/** CSIStorageCapacities. */
export const csiStorageCapacityPrinter: Printer<CSIStorageCapacity> = {
  columns: [nameColumn, column('StorageClassName', 'class that it is about'), column('Capacity', 'free space')],
  row: (object) => [nameOf(object), object.storageClassName ?? '', orUnset(object.capacity)],
};

/** VolumeAttributesClasses. */
export const volumeAttributesClassPrinter: Printer<VolumeAttributesClass> = {
  columns: [nameColumn, column('DriverName', 'driver that it is for'), ageColumn],
  row: (object, now) => [nameOf(object), object.driverName ?? '', age(object, now)],
};
