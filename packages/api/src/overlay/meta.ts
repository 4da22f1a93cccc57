import { atomicTypes, fields, merged, mergedSet, type PackageOverlay } from './marks.ts';

/** Marks of apimachinery's meta/v1. */
export const metaOverlay: PackageOverlay = {
  ...atomicTypes('LabelSelector', 'OwnerReference'),
  ObjectMeta: fields({ finalizers: mergedSet, ownerReferences: merged('uid') }),
};
