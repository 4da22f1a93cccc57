import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  CSIDriver as CSIDriverObject, CSINode as CSINodeObject, CSIStorageCapacity as CSIStorageCapacityObject,
  StorageClass as StorageClassObject, VolumeAttachment as VolumeAttachmentObject,
  VolumeAttributesClass as VolumeAttributesClassObject,
} from '../../../generated/types/storage-v1.ts';

export type {
  CSIDriverList, CSIDriverSpec, CSINodeDriver, CSINodeList, CSINodeSpec, CSIStorageCapacityList, StorageClassList,
  TokenRequest, VolumeAttachmentList, VolumeAttachmentSource, VolumeAttachmentSpec, VolumeAttachmentStatus,
  VolumeAttributesClassList, VolumeError, VolumeNodeResources,
} from '../../../generated/types/storage-v1.ts';

const define = kindsOf({ group: 'storage.k8s.io', version: 'v1', package: 'io.k8s.api.storage.v1' });

export type CSIDriver = CSIDriverObject;
/** The CSIDriver kind of storage.k8s.io/v1. */
export const CSIDriver: Kind<CSIDriverObject> = define('CSIDriver', { namespaced: false });

export type CSINode = CSINodeObject;
/** The CSINode kind of storage.k8s.io/v1. */
export const CSINode: Kind<CSINodeObject> = define('CSINode', { namespaced: false });

export type CSIStorageCapacity = CSIStorageCapacityObject;
/** The CSIStorageCapacity kind of storage.k8s.io/v1. */
export const CSIStorageCapacity: Kind<CSIStorageCapacityObject> = define('CSIStorageCapacity', {
  plural: 'csistoragecapacities',
});

export type StorageClass = StorageClassObject;
/** The StorageClass kind of storage.k8s.io/v1. */
export const StorageClass: Kind<StorageClassObject> = define('StorageClass', { shortNames: ['sc'], namespaced: false });

export type VolumeAttachment = VolumeAttachmentObject;
/** The VolumeAttachment kind of storage.k8s.io/v1. */
export const VolumeAttachment: Kind<VolumeAttachmentObject> = define('VolumeAttachment', {
  namespaced: false,
  subresources: [statusSubresource],
});

export type VolumeAttributesClass = VolumeAttributesClassObject;
/** The VolumeAttributesClass kind of storage.k8s.io/v1. */
export const VolumeAttributesClass: Kind<VolumeAttributesClassObject> = define('VolumeAttributesClass', {
  shortNames: ['vac'],
  namespaced: false,
});
