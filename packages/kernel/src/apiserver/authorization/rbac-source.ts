import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '@keelson/api/rbac/v1';

/** An object that grants permissions; `kind` tells which. */
export type RbacObject = Role | ClusterRole | RoleBinding | ClusterRoleBinding;

/** One change of a stored object; `deleted` carries its last state. */
export interface RbacChange {
  readonly type: 'put' | 'deleted';
  readonly object: RbacObject;
}

/** Where the compiled policy gets its objects from: the server's own caches. */
export interface RbacSource {
  list(): Iterable<RbacObject>;
  /** Reports each later change once, in order; returns the way to stop. */
  onChange(listener: (change: RbacChange) => void): () => void;
}
