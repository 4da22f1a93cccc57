import type { PolicyRule } from '@keelson/api/rbac/v1';

/** A policy rule with its lists as sets; `*` entries are flags. */
export interface CompiledRule {
  readonly source: PolicyRule;
  readonly anyVerb: boolean;
  readonly verbs: ReadonlySet<string>;
  readonly anyGroup: boolean;
  readonly groups: ReadonlySet<string>;
  readonly anyResource: boolean;
  /** `pods`, `pods/log`, or `*` + `/scale` for a subresource of everything. */
  readonly resources: ReadonlySet<string>;
  /** Undefined: every name. */
  readonly names: ReadonlySet<string> | undefined;
  readonly paths: readonly string[];
}

/** Rules of roles are frozen, and servers of one process that share a role need not prepare it again. */
const compiled = new WeakMap<PolicyRule, CompiledRule>();

/** Prepares a rule for matching; the rule is not changed from then on. */
export function compileRule(source: PolicyRule): CompiledRule {
  const known = compiled.get(source);
  if (known !== undefined) return known;
  const rule = compile(source);
  compiled.set(source, rule);
  return rule;
}

function compile(source: PolicyRule): CompiledRule {
  const verbs = new Set(source.verbs);
  const groups = new Set(source.apiGroups);
  const resources = new Set(source.resources);
  return {
    source,
    verbs,
    groups,
    resources,
    anyVerb: verbs.has('*'),
    anyGroup: groups.has('*'),
    anyResource: resources.has('*'),
    names: source.resourceNames === undefined || source.resourceNames.length === 0 ? undefined : new Set(source.resourceNames),
    paths: source.nonResourceURLs ?? [],
  };
}

/** What a rule is matched with; `resource` includes the subresource. */
export interface ResourceQuestion {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  /** `*` + `/` + subresource, or undefined for the resource itself. */
  readonly anyParent: string | undefined;
}

/** True when the rule speaks of the resource and verb; its names are the caller's to look at. */
export function matchesResource(rule: CompiledRule, at: ResourceQuestion): boolean {
  return (
    (rule.anyVerb || rule.verbs.has(at.verb)) &&
    (rule.anyGroup || rule.groups.has(at.group)) &&
    (rule.anyResource || rule.resources.has(at.resource) || (at.anyParent !== undefined && rule.resources.has(at.anyParent)))
  );
}

/** True when the rule allows the verb on a non-resource path. */
export function matchesPath(rule: CompiledRule, verb: string, path: string): boolean {
  return (rule.anyVerb || rule.verbs.has(verb)) && rule.paths.some((pattern) => pathCovers(pattern, path));
}

/** `*` matches everything, `/x/*` every path below; a star elsewhere is an ordinary character. */
export function pathCovers(pattern: string, path: string): boolean {
  return pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1)));
}
