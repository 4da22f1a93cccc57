export type {
  APIGroup, APIGroupList, APIResource, APIResourceList, APIVersions, Condition, DeleteOptions, FieldSelectorRequirement,
  GroupResource, GroupVersionForDiscovery, LabelSelector, LabelSelectorRequirement, ListMeta, ManagedFieldsEntry,
  ObjectMeta, OwnerReference, Preconditions, ServerAddressByClientCIDR, ShardInfo, Status, StatusCause, StatusDetails,
  WatchEvent,
} from '../../generated/types/meta-v1.ts';
export type { Info as VersionInfo } from '../../generated/types/version.ts';
export { findCondition, isConditionTrue, withCondition, type ConditionLike } from './conditions.ts';
export { compareVersions, formatApiVersion, gvkOf, parseApiVersion, type GroupVersion, type GroupVersionKind } from './group-version.ts';
export { isEqual } from './equal.ts';
export { isTerminating, namespaceOf, objectKey, parseObjectKey, type ObjectName } from './keys.ts';
export type { Draft, DraftMeta, Frozen, KubeObject, List } from './object.ts';
export { controllerOf, controllerReference, isControlledBy, ownerReference } from './owners.ts';
