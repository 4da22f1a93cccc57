import type { UserInfo } from '@keelson/sdk/auth';
import { mastersGroup } from '../authentication/identity.ts';
import type { RbacIndex } from './rbac-index.ts';

/** Status of a SelfSubjectRulesReview. */
export interface SubjectRules {
  readonly resourceRules: { readonly verbs: string[]; readonly apiGroups?: string[]; readonly resources?: string[]; readonly resourceNames?: string[] }[];
  readonly nonResourceRules: { readonly verbs: string[]; readonly nonResourceURLs?: string[] }[];
  readonly incomplete: boolean;
}

/**
 * Everything the user may do in a namespace. `incomplete` is for callers with further authorizers, whose rules cannot
 * be listed.
 */
export function listRules(index: RbacIndex, user: UserInfo, namespace: string, incomplete: boolean): SubjectRules {
  const resourceRules: SubjectRules['resourceRules'] = [];
  const nonResourceRules: SubjectRules['nonResourceRules'] = [];
  const add = (rule: { readonly verbs: string[]; readonly apiGroups?: string[] | undefined; readonly resources?: string[] | undefined; readonly resourceNames?: string[] | undefined; readonly nonResourceURLs?: string[] | undefined }) => {
    const verbs = [...rule.verbs];
    if (rule.resources?.length) {
      resourceRules.push({
        verbs,
        apiGroups: [...(rule.apiGroups ?? [])],
        resources: [...rule.resources],
        ...(rule.resourceNames?.length ? { resourceNames: [...rule.resourceNames] } : {}),
      });
    }
    if (rule.nonResourceURLs?.length) nonResourceRules.push({ verbs, nonResourceURLs: [...rule.nonResourceURLs] });
  };
  if (user.groups.includes(mastersGroup)) {
    add({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] });
    add({ verbs: ['*'], nonResourceURLs: ['*'] });
  }
  const seen = new Set<string>();
  index.visit(user, namespace, (rule, clusterWide) => {
    const text = JSON.stringify(rule.source);
    if (!seen.has(text)) {
      seen.add(text);
      // Paths are granted cluster-wide only.
      add(clusterWide ? rule.source : { ...rule.source, nonResourceURLs: undefined });
    }
    return false;
  });
  return { resourceRules, nonResourceRules, incomplete };
}
