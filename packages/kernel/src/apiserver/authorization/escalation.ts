import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '@keelson/api/rbac/v1';
import { StatusError } from '@keelson/sdk';
import type { UserInfo } from '@keelson/sdk/auth';
import { mastersGroup } from '../authentication/identity.ts';
import { compactRules, formatRule, uncovered } from './covers.ts';
import type { RbacAuthorizer } from './rbac-authorizer.ts';
import type { RbacIndex } from './rbac-index.ts';

const group = 'rbac.authorization.k8s.io';

/** Who may hand out which permissions; called by the write path for the four RBAC kinds after admission. */
export class EscalationGuard {
  constructor(
    private readonly index: RbacIndex,
    private readonly authorizer: RbacAuthorizer,
  ) {}

  /**
   * Throws StatusError Forbidden when the user gives a role permissions that it does not hold and has no `escalate`.
   * On update pass the stored role: a write that leaves rules and aggregation as they are is always allowed.
   */
  checkRole(user: UserInfo, role: Role | ClusterRole, stored?: Role | ClusterRole): void {
    if (stored !== undefined && sameGrant(role, stored)) return;
    const { name } = role.metadata;
    const namespace = role.kind === 'Role' ? role.metadata.namespace : undefined;
    const resource = role.kind === 'Role' ? 'roles' : 'clusterroles';
    if (isMaster(user) || this.mayUse(user, 'escalate', { resource, name, namespace })) return;
    if (role.kind === 'ClusterRole' && (role as ClusterRole).aggregationRule) {
      // What an aggregated role will grant is open, so only holders of everything may make one.
      const everything: PolicyRule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] }];
      if (uncovered(this.heldBy(user, undefined), everything).length > 0) {
        throw refuse(resource, name, 'must have cluster-admin privileges to use an aggregationRule');
      }
    }
    this.requireHeld(user, role.rules ?? [], { resource, name, namespace });
  }

  /** Throws StatusError Forbidden when the user binds a role whose permissions it does not hold and has no `bind`. */
  checkBinding(user: UserInfo, binding: RoleBinding | ClusterRoleBinding, stored?: RoleBinding | ClusterRoleBinding): void {
    if (stored !== undefined && JSON.stringify([binding.roleRef, binding.subjects]) === JSON.stringify([stored.roleRef, stored.subjects])) return;
    const { name } = binding.metadata;
    const namespace = binding.kind === 'RoleBinding' ? binding.metadata.namespace : undefined;
    const resource = binding.kind === 'RoleBinding' ? 'rolebindings' : 'clusterrolebindings';
    const reference = binding.roleRef;
    const bound = { resource: reference.kind === 'Role' ? 'roles' : 'clusterroles', name: reference.name, namespace };
    if (isMaster(user) || this.mayUse(user, 'bind', bound)) return;
    const rules = this.index.rulesOf(reference, namespace);
    if (rules === undefined) {
      throw new StatusError('NotFound', `${bound.resource}.${group} "${reference.name}" not found`, { group, kind: bound.resource, name: reference.name });
    }
    this.requireHeld(user, rules, { resource, name, namespace });
  }

  private requireHeld(user: UserInfo, wanted: readonly PolicyRule[], at: { readonly resource: string; readonly name: string; readonly namespace: string | undefined }): void {
    const missing = uncovered(this.heldBy(user, at.namespace), wanted);
    if (missing.length === 0) return;
    const lines = [...new Set(compactRules(missing).map(formatRule))].sort().join('\n');
    const groups = `[${user.groups.map((name) => JSON.stringify(name)).join(' ')}]`;
    throw refuse(at.resource, at.name, `user ${JSON.stringify(user.name)} (groups=${groups}) is attempting to grant RBAC permissions not currently held:\n${lines}`);
  }

  private heldBy(user: UserInfo, namespace: string | undefined): readonly PolicyRule[] {
    const held: PolicyRule[] = [];
    this.index.visit(user, namespace, (rule) => {
      held.push(rule.source);
      return false;
    });
    return held;
  }

  private mayUse(user: UserInfo, verb: string, at: { readonly resource: string; readonly name: string; readonly namespace: string | undefined }): boolean {
    return this.authorizer.allows({ user, verb, group, version: 'v1', subresource: '', path: undefined, ...at });
  }
}

function isMaster(user: UserInfo): boolean {
  return user.groups.includes(mastersGroup);
}

function sameGrant(a: Role | ClusterRole, b: Role | ClusterRole): boolean {
  const grant = (role: Role | ClusterRole) => JSON.stringify([role.rules ?? [], (role as ClusterRole).aggregationRule ?? null]);
  return grant(a) === grant(b);
}

function refuse(resource: string, name: string, why: string): StatusError {
  return new StatusError('Forbidden', `${resource}.${group} ${JSON.stringify(name)} is forbidden: ${why}`, { group, kind: resource, name });
}
