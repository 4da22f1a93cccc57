import type { ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, Subject } from '@keelson/api/rbac/v1';
import type { RbacObject } from '../rbac-source.ts';
import { uncovered } from '../covers.ts';
import type { BootstrapObject } from './notation.ts';

const autoupdate = 'rbac.authorization.kubernetes.io/autoupdate';

/** Writes that bring the stored policy up to date; one batch. */
export interface BootstrapPlan {
  readonly create: readonly BootstrapObject[];
  /** Stored objects with what they lacked added. */
  readonly update: readonly RbacObject[];
  /** Bindings to another role than the default: a role reference cannot be changed, so delete, then create. */
  readonly recreate: readonly { readonly remove: RbacObject; readonly create: BootstrapObject }[];
}

/**
 * Compares the default policy with what is stored. Missing objects are created; of stored ones only what is missing
 * is added, and nothing at all where the autoupdate annotation says "false". Permissions that an administrator added
 * stay.
 */
export function planBootstrap(policy: readonly BootstrapObject[], find: (object: BootstrapObject) => RbacObject | undefined): BootstrapPlan {
  const plan = { create: [] as BootstrapObject[], update: [] as RbacObject[], recreate: [] as { remove: RbacObject; create: BootstrapObject }[] };
  for (const wanted of policy) {
    const stored = find(wanted);
    if (stored === undefined) plan.create.push(wanted);
    else if (stored.metadata.annotations?.[autoupdate] === 'false') continue;
    else if ('roleRef' in wanted && 'roleRef' in stored && JSON.stringify(sorted(wanted.roleRef)) !== JSON.stringify(sorted(stored.roleRef))) {
      plan.recreate.push({ remove: stored, create: wanted });
    } else {
      const next = completed(wanted, stored);
      if (next !== undefined) plan.update.push(next);
    }
  }
  return plan;
}

function completed(wanted: BootstrapObject, stored: RbacObject): RbacObject | undefined {
  const labels = added(wanted.metadata.labels, stored.metadata.labels);
  const annotations = added(wanted.metadata.annotations, stored.metadata.annotations);
  const body = 'roleRef' in wanted ? missingSubjects(wanted, stored as RoleBinding) : missingRules(wanted as ClusterRole, stored as ClusterRole);
  if (labels === undefined && annotations === undefined && body === undefined) return undefined;
  const metadata = { ...stored.metadata, ...(labels === undefined ? {} : { labels }), ...(annotations === undefined ? {} : { annotations }) };
  return { ...stored, ...body, metadata } as RbacObject;
}

function added(wanted: Readonly<Record<string, string>> | undefined, stored: Readonly<Record<string, string>> | undefined): Record<string, string> | undefined {
  const missing = Object.entries(wanted ?? {}).filter(([key]) => stored?.[key] === undefined);
  return missing.length === 0 ? undefined : { ...stored, ...Object.fromEntries(missing) };
}

function missingRules(wanted: ClusterRole, stored: ClusterRole): { rules: PolicyRule[] } | { aggregationRule: ClusterRole['aggregationRule'] } | undefined {
  if (wanted.aggregationRule) {
    const have = stored.aggregationRule?.clusterRoleSelectors ?? [];
    const texts = new Set(have.map((selector) => JSON.stringify(selector)));
    const lacking = (wanted.aggregationRule.clusterRoleSelectors ?? []).filter((selector) => !texts.has(JSON.stringify(selector)));
    return lacking.length === 0 ? undefined : { aggregationRule: { clusterRoleSelectors: [...have, ...lacking] } };
  }
  const have = stored.rules ?? [];
  const lacking = uncovered(have, wanted.rules ?? []);
  return lacking.length === 0 ? undefined : { rules: [...have, ...lacking] };
}

function missingSubjects(wanted: RoleBinding | ClusterRoleBinding, stored: RoleBinding | ClusterRoleBinding): { subjects: Subject[] } | undefined {
  const key = (subject: Subject) => `${subject.kind}/${subject.namespace ?? ''}/${subject.name}`;
  const have = stored.subjects ?? [];
  const keys = new Set(have.map(key));
  const lacking = (wanted.subjects ?? []).filter((subject) => !keys.has(key(subject)));
  return lacking.length === 0 ? undefined : { subjects: [...have, ...lacking] };
}

function sorted(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
