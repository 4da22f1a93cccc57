export {
  allVerbs, defineKind, scaleSubresource, statusSubresource, type Kind, type KindOptions, type ObjectOf, type Subresource, type Verb,
} from './kind.ts';
export { builtinKinds, findKind, storageKind } from './kinds.ts';
export {
  compareVersions, controllerOf, controllerReference, findCondition, formatApiVersion, gvkOf, isConditionTrue,
  isControlledBy, isEqual, isTerminating, namespaceOf, objectKey, ownerReference, parseApiVersion, parseObjectKey, withCondition,
} from './meta/index.ts';
export type {
  Condition, ConditionLike, DeleteOptions, Draft, DraftMeta, Frozen, GroupVersion, GroupVersionKind, KubeObject,
  LabelSelector, LabelSelectorRequirement, List, ListMeta, ManagedFieldsEntry, ObjectMeta, ObjectName, OwnerReference,
  Preconditions, Status, StatusCause, StatusDetails, VersionInfo,
} from './meta/index.ts';
export type { PolicyRule } from './rbac/v1/index.ts';
