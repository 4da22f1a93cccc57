import { kindsOf, type Kind } from '../../kind.ts';
import type {
  ClusterRole as ClusterRoleObject, ClusterRoleBinding as ClusterRoleBindingObject, Role as RoleObject,
  RoleBinding as RoleBindingObject,
} from '../../../generated/types/rbac-v1.ts';

export type {
  AggregationRule, ClusterRoleBindingList, ClusterRoleList, PolicyRule, RoleBindingList, RoleList, RoleRef, Subject,
} from '../../../generated/types/rbac-v1.ts';

const define = kindsOf({ group: 'rbac.authorization.k8s.io', version: 'v1', package: 'io.k8s.api.rbac.v1' });

export type ClusterRole = ClusterRoleObject;
/** The ClusterRole kind of rbac.authorization.k8s.io/v1. */
export const ClusterRole: Kind<ClusterRoleObject> = define('ClusterRole', { namespaced: false });

export type ClusterRoleBinding = ClusterRoleBindingObject;
/** The ClusterRoleBinding kind of rbac.authorization.k8s.io/v1. */
export const ClusterRoleBinding: Kind<ClusterRoleBindingObject> = define('ClusterRoleBinding', { namespaced: false });

export type Role = RoleObject;
/** The Role kind of rbac.authorization.k8s.io/v1. */
export const Role: Kind<RoleObject> = define('Role');

export type RoleBinding = RoleBindingObject;
/** The RoleBinding kind of rbac.authorization.k8s.io/v1. */
export const RoleBinding: Kind<RoleBindingObject> = define('RoleBinding');
