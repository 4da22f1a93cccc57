import type { PolicyRule } from '@keelson/api/rbac/v1';
import { pathCovers } from './rule.ts';

/** The parts of `wanted` that `held` does not cover, one verb, group, resource and name each. */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] {
  return wanted.filter((rule) => !held.some((owner) => covers(owner, rule))).flatMap(split).filter((part) => !held.some((owner) => covers(owner, part)));
}

/** True when everything that `part` allows is allowed by `owner` alone. */
function covers(owner: PolicyRule, part: PolicyRule): boolean {
  return (
    hasAll(owner.verbs, part.verbs) &&
    hasAll(owner.apiGroups, part.apiGroups) &&
    (part.resources ?? []).every((resource) => coversResource(owner.resources ?? [], resource)) &&
    coversNames(owner.resourceNames ?? [], part.resourceNames ?? []) &&
    (part.nonResourceURLs ?? []).every((path) => (owner.nonResourceURLs ?? []).some((pattern) => pathCovers(pattern, path)))
  );
}

function hasAll(owner: readonly string[] | undefined, part: readonly string[] | undefined): boolean {
  return (owner ?? []).includes('*') || (part ?? []).every((item) => (owner ?? []).includes(item));
}

function coversResource(owner: readonly string[], resource: string): boolean {
  if (owner.includes('*') || owner.includes(resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && owner.includes(`*${resource.slice(slash)}`);
}

function coversNames(owner: readonly string[], part: readonly string[]): boolean {
  return owner.length === 0 || (part.length > 0 && part.every((name) => owner.includes(name)));
}

function split(rule: PolicyRule): PolicyRule[] {
  return (rule.verbs ?? []).flatMap((verb) => [
    ...(rule.apiGroups ?? []).flatMap((group) =>
      (rule.resources ?? []).flatMap((resource): PolicyRule[] => {
        const part = { verbs: [verb], apiGroups: [group], resources: [resource] };
        const names = rule.resourceNames ?? [];
        return names.length === 0 ? [part] : names.map((name) => ({ ...part, resourceNames: [name] }));
      }),
    ),
    ...(rule.nonResourceURLs ?? []).map((path): PolicyRule => ({ verbs: [verb], nonResourceURLs: [path] })),
  ]);
}

/** Joins the verbs of rules that are otherwise equal, for shorter messages. */
export function compactRules(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const merged = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames, rule.nonResourceURLs]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? rule : { ...known, verbs: [...known.verbs, ...rule.verbs] });
  }
  return [...merged.values()];
}

/** One rule as upstream's messages show it: `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}`. */
export function formatRule(rule: PolicyRule): string {
  const parts: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ];
  const shown = parts.flatMap(([name, items]) => (items === undefined || items.length === 0 ? [] : [`${name}:[${items.map((item) => JSON.stringify(item)).join(' ')}]`]));
  return `{${shown.join(', ')}}`;
}
