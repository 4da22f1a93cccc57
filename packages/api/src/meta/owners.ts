import type { OwnerReference } from '../../generated/types/meta-v1.ts';
import type { DraftMeta, KubeObject } from './object.ts';

/** The owner reference marked as the managing controller, if any. */
export function controllerOf(object: { readonly metadata?: DraftMeta | undefined }): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((reference) => reference.controller === true);
}

/** True when `owner` is the managing controller of `object`, compared by uid. */
export function isControlledBy(object: { readonly metadata: DraftMeta }, owner: Pick<KubeObject, 'metadata'>): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** A controller reference to `owner`, which blocks its foreground deletion, as upstream's controllers set it. */
export function controllerReference(owner: KubeObject): OwnerReference {
  return { ...ownerReference(owner), controller: true, blockOwnerDeletion: true };
}

/** A plain reference to `owner`: garbage collection without control. */
export function ownerReference(owner: KubeObject): OwnerReference {
  return { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid };
}
