import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef } from '../rbac/v1/index.ts';
import { isEqual } from '../meta/equal.ts';
import { checkPathSegment } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkForm, checkSelector } from './rules.ts';

/** A Role. */
export function checkRole({ rules }: Role, causes: Causes): void {
  checkRules(rules, true, causes);
}

/** A ClusterRole. */
export function checkClusterRole({ rules, aggregationRule }: ClusterRole, causes: Causes): void {
  checkRules(rules, false, causes);
  if (aggregationRule === undefined) return;
  const selectors = aggregationRule.clusterRoleSelectors ?? [];
  if (selectors.length === 0) causes.required('aggregationRule.clusterRoleSelectors', 'at least one clusterRoleSelector required if aggregationRule is non-nil');
  for (const [index, selector] of selectors.entries()) checkSelector(selector, `aggregationRule.clusterRoleSelectors[${index}]`, causes);
}

function checkRules(rules: readonly PolicyRule[] | undefined, namespaced: boolean, causes: Causes): void {
  for (const [index, rule] of (rules ?? []).entries()) {
    const at = `rules[${index}]`;
    const [groups, resources, urls] = [rule.apiGroups ?? [], rule.resources ?? [], rule.nonResourceURLs ?? []];
    if ((rule.verbs ?? []).length === 0) causes.required(`${at}.verbs`, 'verbs must contain at least one value');
    if (urls.length > 0) {
      if (namespaced) causes.invalid(`${at}.nonResourceURLs`, urls, 'namespaced rules cannot apply to non-resource URLs');
      if (groups.length + resources.length + (rule.resourceNames ?? []).length > 0) {
        causes.invalid(`${at}.nonResourceURLs`, urls, 'rules cannot apply to both regular resources and non-resource URLs');
      }
      continue;
    }
    if (groups.length === 0) causes.required(`${at}.apiGroups`, 'resource rules must supply at least one api group');
    if (resources.length === 0) causes.required(`${at}.resources`, 'resource rules must supply at least one resource');
  }
}

const rbacGroup = 'rbac.authorization.k8s.io';

/** A RoleBinding. */
export function checkRoleBinding(binding: RoleBinding, causes: Causes): void {
  checkBinding(binding, ['Role', 'ClusterRole'], causes);
}

/** A ClusterRoleBinding. */
export function checkClusterRoleBinding(binding: ClusterRoleBinding, causes: Causes): void {
  checkBinding(binding, ['ClusterRole'], causes);
}

function checkBinding({ roleRef, subjects }: RoleBinding | ClusterRoleBinding, kinds: readonly string[], causes: Causes): void {
  const ref = roleRef ?? ({} as RoleRef);
  if (ref.apiGroup !== rbacGroup) causes.notSupported('roleRef.apiGroup', ref.apiGroup ?? '', [rbacGroup]);
  if (!kinds.includes(ref.kind)) causes.notSupported('roleRef.kind', ref.kind ?? '', kinds);
  if (!ref.name) causes.required('roleRef.name');
  else checkForm(ref.name, 'roleRef.name', checkPathSegment, causes);
  for (const [index, subject] of (subjects ?? []).entries()) {
    const at = `subjects[${index}]`;
    if (!subject.name) causes.required(`${at}.name`);
    const group = subject.apiGroup ?? '';
    if (subject.kind === 'ServiceAccount') {
      if (group !== '') causes.notSupported(`${at}.apiGroup`, group, ['']);
      if (!subject.namespace) causes.required(`${at}.namespace`);
    } else if (subject.kind === 'User' || subject.kind === 'Group') {
      if (group !== rbacGroup) causes.notSupported(`${at}.apiGroup`, group, [rbacGroup]);
    } else causes.notSupported(`${at}.kind`, subject.kind ?? '', ['ServiceAccount', 'User', 'Group']);
  }
}

/** A change to a binding: to bind another role, delete and create. */
export function checkBindingChange(next: { roleRef: RoleRef }, old: { roleRef: RoleRef }, causes: Causes): void {
  if (!isEqual(next.roleRef, old.roleRef)) causes.invalid('roleRef', next.roleRef, 'cannot change roleRef');
}
