import type { ObjectMeta } from '@keelson/api/meta';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from '@keelson/api/rbac/v1';

/**
 * One rule a line: `verbs | groups | resources`, then names after a further bar where the rule has them. Words are
 * separated by blanks, the core group is written `core`; `verbs | url | paths` is a rule on paths.
 */
export type RuleLine = string;

export const apiVersion = 'rbac.authorization.k8s.io/v1';
const apiGroup = 'rbac.authorization.k8s.io';

const defaults = {
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
};

/** Role metadata and rules as the server makes them; uid and times are the store's to add. */
export type BootstrapObject = ClusterRole | ClusterRoleBinding | Role | RoleBinding;

/** Reads a rule line; lists come out sorted, as upstream stores them. */
export function parseRule(line: RuleLine): PolicyRule {
  const [verbs = '', groups = '', targets = '', names] = line.split('|').map((part) => part.trim());
  const words = (text: string) => text.split(' ').filter((word) => word !== '').sort();
  if (groups === 'url') return { nonResourceURLs: words(targets), verbs: words(verbs) };
  return {
    apiGroups: words(groups).map((group) => (group === 'core' ? '' : group)).sort(),
    ...(names === undefined ? {} : { resourceNames: words(names) }),
    resources: words(targets),
    verbs: words(verbs),
  };
}

/** A default ClusterRole. */
export function clusterRole(name: string, lines: readonly RuleLine[], labels: Readonly<Record<string, string>> = {}): ClusterRole {
  return { apiVersion, kind: 'ClusterRole', metadata: metadata(name, labels), rules: lines.map(parseRule) } as ClusterRole;
}

/** A default ClusterRole whose rules are those of the roles with a label. */
export function aggregatedRole(name: string, selectorLabel: string, labels: Readonly<Record<string, string>> = {}): ClusterRole {
  return {
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [selectorLabel]: 'true' } }] },
    apiVersion,
    kind: 'ClusterRole',
    metadata: metadata(name, labels),
    rules: [],
  } as unknown as ClusterRole;
}

/** A default binding of a ClusterRole. */
export function clusterRoleBinding(name: string, role: string, subjects: readonly Subject[]): ClusterRoleBinding {
  return {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: metadata(name),
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    ...(subjects.length === 0 ? {} : { subjects: [...subjects] }),
  } as ClusterRoleBinding;
}

/** A default Role. */
export function role(namespace: string, name: string, lines: readonly RuleLine[]): Role {
  return { apiVersion, kind: 'Role', metadata: { ...metadata(name), namespace }, rules: lines.map(parseRule) } as Role;
}

/** A default RoleBinding to a Role of the same namespace. */
export function roleBinding(namespace: string, name: string, at: { readonly role: string; readonly subjects: readonly Subject[] }): RoleBinding {
  return {
    apiVersion,
    kind: 'RoleBinding',
    metadata: { ...metadata(name), namespace },
    roleRef: { apiGroup, kind: 'Role', name: at.role },
    subjects: [...at.subjects],
  } as RoleBinding;
}

export const user = (name: string): Subject => ({ apiGroup, kind: 'User', name });
export const group = (name: string): Subject => ({ apiGroup, kind: 'Group', name });
export const serviceAccount = (namespace: string, name: string): Subject => ({ kind: 'ServiceAccount', name, namespace });

/** The store adds uid and times, which the type of stored metadata wants. */
function metadata(name: string, labels: Readonly<Record<string, string>> = {}): ObjectMeta {
  return { annotations: { ...defaults.annotations }, labels: { ...defaults.labels, ...labels }, name } as unknown as ObjectMeta;
}
