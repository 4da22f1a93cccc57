import type { ClusterRole, PolicyRule } from '@keelson/api/rbac/v1';
import { compileLabelSelector, type Selector } from '@keelson/api/selectors';

/**
 * Rules of an aggregated ClusterRole: those of every other role that its selectors match, aggregated ones evaluated
 * in turn, in order of name and without duplicates. A role without aggregation has its own rules.
 */
export function effectiveRules(role: ClusterRole, all: Iterable<ClusterRole>): readonly PolicyRule[] {
  if (role.aggregationRule === undefined || role.aggregationRule === null) return role.rules ?? [];
  const sorted = [...all].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0));
  const rules = new Map<string, PolicyRule>();
  collect(role, sorted, { rules, visited: new Set([role.metadata.name]) });
  return [...rules.values()];
}

function collect(role: ClusterRole, all: readonly ClusterRole[], into: { readonly rules: Map<string, PolicyRule>; readonly visited: Set<string> }): void {
  if (role.aggregationRule === undefined || role.aggregationRule === null) {
    for (const rule of role.rules ?? []) {
      const text = JSON.stringify(rule);
      if (!into.rules.has(text)) into.rules.set(text, rule);
    }
    return;
  }
  const selectors = (role.aggregationRule.clusterRoleSelectors ?? []).flatMap((wire): Selector[] => {
    const compiled = compileLabelSelector(wire);
    return compiled.ok ? [compiled.value] : []; // a malformed selector selects nothing
  });
  for (const other of all) {
    if (into.visited.has(other.metadata.name) || !selectors.some((selector) => selector.matches(other.metadata.labels))) continue;
    into.visited.add(other.metadata.name);
    collect(other, all, into);
  }
}
