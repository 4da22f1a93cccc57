import { PersistentVolumeClaim } from '@keelson/api/core/v1';
import { StorageClass } from '@keelson/api/storage/v1';
import type { AdmissionHandler } from '@keelson/sdk/admission';

const marks = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

/** A claim that names no class, not even the empty one, gets the default class; of several the newest. */
export const defaultStorageClass: AdmissionHandler = {
  name: 'default-storage-class',
  handles: { operations: ['CREATE'], kinds: [PersistentVolumeClaim] },
  async mutate(request, lookup) {
    const claim = request.object as PersistentVolumeClaim;
    const annotated = claim.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined;
    if (annotated || claim.spec.storageClassName !== undefined) return;
    await lookup.ready(StorageClass);
    const defaults = lookup.list(StorageClass).filter(({ metadata }) => marks.some((mark) => metadata.annotations?.[mark] === 'true'));
    const [newest] = [...defaults].sort(newestFirst);
    if (newest !== undefined) claim.spec.storageClassName = newest.metadata.name;
  },
};

function newestFirst(a: StorageClass, b: StorageClass): number {
  return Date.parse(b.metadata.creationTimestamp ?? '') - Date.parse(a.metadata.creationTimestamp ?? '') || (a.metadata.name < b.metadata.name ? -1 : 1);
}
