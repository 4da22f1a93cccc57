import type { FlowSchema, NonResourcePolicyRule, PolicyRulesWithSubjects, ResourcePolicyRule, Subject } from '../flowcontrol/v1/index.ts';
import { checkDns1123Label, checkDns1123Subdomain } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkForm, checkName } from './rules.ts';

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'];
const highestPrecedence = 10_000;

/** A FlowSchema. */
export function checkFlowSchema({ metadata, spec }: FlowSchema, causes: Causes): void {
  const precedence = spec?.matchingPrecedence ?? 0;
  const at = 'spec.matchingPrecedence';
  if (precedence <= 0) causes.invalid(at, precedence, 'must be a positive value');
  if (precedence > highestPrecedence) causes.invalid(at, precedence, `must not be greater than ${highestPrecedence}`);
  if (precedence === 1 && metadata.name !== 'exempt') causes.invalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1");
  const level = spec?.priorityLevelConfiguration?.name;
  if (!level) causes.required('spec.priorityLevelConfiguration.name', 'must reference a priority level');
  else checkForm(level, 'spec.priorityLevelConfiguration.name', checkDns1123Subdomain, causes);
  for (const [index, rule] of (spec?.rules ?? []).entries()) checkRule(rule, `spec.rules[${index}]`, causes);
}

function checkRule({ subjects, resourceRules, nonResourceRules }: PolicyRulesWithSubjects, field: string, causes: Causes): void {
  if ((subjects ?? []).length === 0) causes.required(`${field}.subjects`, 'subjects must contain at least one value');
  for (const [index, subject] of (subjects ?? []).entries()) checkSubject(subject, `${field}.subjects[${index}]`, causes);
  if ((resourceRules ?? []).length + (nonResourceRules ?? []).length === 0) causes.required(field, 'at least one of resourceRules and nonResourceRules has to be non-empty');
  for (const [index, rule] of (resourceRules ?? []).entries()) checkResourceRule(rule, `${field}.resourceRules[${index}]`, causes);
  for (const [index, rule] of (nonResourceRules ?? []).entries()) checkUrlRule(rule, `${field}.nonResourceRules[${index}]`, causes);
}

const parts = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' } as const;

function checkSubject(subject: Subject, field: string, causes: Causes): void {
  for (const [kind, part] of Object.entries(parts)) {
    const at = `${field}.${part}`;
    const value = subject[part];
    if (kind !== subject.kind) {
      if (value !== undefined && subject.kind in parts) causes.forbidden(at, `${part} is forbidden when subject kind is not '${kind}'`);
    } else if (value === undefined) causes.required(at, `${part} is required when subject kind is '${kind}'`);
    else if (!value.name) causes.required(`${at}.name`);
  }
  const account = subject.kind === 'ServiceAccount' ? subject.serviceAccount : undefined;
  if (account === undefined) return;
  if (account.name && account.name !== '*') checkForm(account.name, `${field}.serviceAccount.name`, checkDns1123Subdomain, causes);
  if (!account.namespace) causes.required(`${field}.serviceAccount.namespace`, 'must specify namespace for service account');
  else checkName(account.namespace, `${field}.serviceAccount.namespace`, checkDns1123Label, causes);
}

function checkVerbs(given: readonly string[] | undefined, field: string, causes: Causes): void {
  if (checkAll(given, field, { empty: 'verbs must contain at least one value', others: 'verbs' }, causes)) return;
  if ((given ?? []).some((verb) => !verbs.includes(verb))) causes.notSupported(field, given, verbs);
}

/** True when the list stands for everything; `*` leaves no room for others, and an empty list says nothing. */
function checkAll(values: readonly string[] | undefined, field: string, words: { readonly empty: string; readonly others: string }, causes: Causes): boolean {
  const list = values ?? [];
  if (list.length === 0) causes.required(field, words.empty);
  if (!list.includes('*')) return false;
  if (list.length > 1) causes.invalid(field, list, `if '*' is present, must not specify other ${words.others}`);
  return true;
}

function checkResourceRule({ verbs: given, apiGroups, resources, namespaces, clusterScope }: ResourcePolicyRule, field: string, causes: Causes): void {
  checkVerbs(given, `${field}.verbs`, causes);
  checkAll(apiGroups, `${field}.apiGroups`, { empty: 'resource rules must supply at least one api group', others: 'api groups' }, causes);
  checkAll(resources, `${field}.resources`, { empty: 'resource rules must supply at least one resource', others: 'resources' }, causes);
  if ((namespaces ?? []).length === 0 && clusterScope === true) return;
  const empty = 'resource rules that are not cluster scoped must supply at least one namespace';
  if (checkAll(namespaces, `${field}.namespaces`, { empty, others: 'namespaces' }, causes)) return;
  for (const [index, namespace] of (namespaces ?? []).entries()) {
    for (const message of checkDns1123Label(namespace)) {
      causes.invalid(`${field}.namespaces[${index}]`, namespace, `each member of this list must be '*' or a DNS-1123 label; ${message}`);
    }
  }
}

function checkUrlRule({ verbs: given, nonResourceURLs }: NonResourcePolicyRule, field: string, causes: Causes): void {
  checkVerbs(given, `${field}.verbs`, causes);
  if (checkAll(nonResourceURLs, `${field}.nonResourceURLs`, { empty: 'nonResourceURLs must contain at least one value', others: 'non-resource URLs' }, causes)) return;
  for (const [index, url] of (nonResourceURLs ?? []).entries()) {
    const wrong = wrongUrl(url);
    if (wrong !== undefined) causes.invalid(`${field}.nonResourceURLs[${index}]`, url, wrong);
  }
}

function wrongUrl(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const star = url.indexOf('*');
  return star >= 0 && (star < url.length - 1 || !url.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined;
}
