import { PersistentVolume, PersistentVolumeClaim } from '@keelson/api/core/v1';
import type { AdmissionHandler } from '@keelson/sdk/admission';

const finalizers: Readonly<Record<string, string>> = {
  persistentvolumes: 'kubernetes.io/pv-protection',
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
};

/** Puts the finalizers on new volumes and claims that the protection controllers take off when nobody uses them. */
export const inUseProtection: AdmissionHandler = {
  name: 'storage-object-in-use-protection',
  handles: { operations: ['CREATE'], kinds: [PersistentVolume, PersistentVolumeClaim] },
  mutate({ kind, object }) {
    const finalizer = finalizers[kind.plural];
    const present = object?.metadata.finalizers ?? [];
    if (object === undefined || finalizer === undefined || present.includes(finalizer)) return;
    object.metadata.finalizers = [...present, finalizer];
  },
};
