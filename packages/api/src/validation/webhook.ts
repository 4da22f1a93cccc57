import type {
  MatchCondition, MutatingWebhook, MutatingWebhookConfiguration, RuleWithOperations, ValidatingWebhook, ValidatingWebhookConfiguration,
} from '../admissionregistration/v1/index.ts';
import { checkDns1035Label, checkDns1123Subdomain, checkQualifiedName } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkName, checkSelector } from './rules.ts';
import { checkClientConfig } from './webhook-client.ts';

type Webhook = MutatingWebhook | ValidatingWebhook;

/** Versions of AdmissionReview that a server speaks. */
const reviewVersions = ['v1', 'v1beta1'];
const sideEffects = ['None', 'NoneOnDryRun'];
const mostConditions = 64;

/** A MutatingWebhookConfiguration or ValidatingWebhookConfiguration. */
export function checkWebhookConfiguration({ webhooks }: MutatingWebhookConfiguration | ValidatingWebhookConfiguration, causes: Causes): void {
  const names = new Set<string>();
  for (const [index, webhook] of ((webhooks ?? []) as readonly Webhook[]).entries()) {
    const at = `webhooks[${index}]`;
    checkWebhook(webhook, at, causes);
    checkReviewVersions(webhook.admissionReviewVersions ?? [], `${at}.admissionReviewVersions`, causes);
    if (names.has(webhook.name)) causes.duplicate(`${at}.name`, webhook.name);
    names.add(webhook.name);
  }
}

function checkWebhook(webhook: Webhook, field: string, causes: Causes): void {
  checkQualifiedDomain(webhook.name ?? '', `${field}.name`, causes);
  for (const [index, rule] of (webhook.rules ?? []).entries()) checkRule(rule, `${field}.rules[${index}]`, causes);
  checkEnum(webhook.failurePolicy, `${field}.failurePolicy`, ['Fail', 'Ignore'], causes);
  checkEnum(webhook.matchPolicy, `${field}.matchPolicy`, ['Equivalent', 'Exact'], causes);
  if (!webhook.sideEffects) causes.required(`${field}.sideEffects`, `must specify one of ${sideEffects.join(', ')}`);
  else checkEnum(webhook.sideEffects, `${field}.sideEffects`, sideEffects, causes);
  const seconds = webhook.timeoutSeconds;
  if (seconds !== undefined && (seconds < 1 || seconds > 30)) causes.invalid(`${field}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds');
  checkSelector(webhook.namespaceSelector, `${field}.namespaceSelector`, causes);
  checkSelector(webhook.objectSelector, `${field}.objectSelector`, causes);
  checkClientConfig(webhook.clientConfig, `${field}.clientConfig`, causes);
  checkConditions(webhook.matchConditions ?? [], `${field}.matchConditions`, causes);
}

function checkQualifiedDomain(name: string, field: string, causes: Causes): void {
  checkName(name, field, checkDns1123Subdomain, causes);
  if (name !== '' && name.split('.').length < 3) causes.invalid(field, name, 'should be a domain with at least three segments separated by dots');
}

function checkReviewVersions(versions: readonly string[], field: string, causes: Causes): void {
  if (versions.length === 0) {
    causes.required(field, `must specify one of ${reviewVersions.join(', ')}`);
    return;
  }
  const seen = new Set<string>();
  for (const [index, version] of versions.entries()) {
    if (seen.has(version)) causes.invalid(`${field}[${index}]`, version, 'duplicate version');
    else checkForm(version, `${field}[${index}]`, checkDns1035Label, causes);
    seen.add(version);
  }
  if (!reviewVersions.some((version) => seen.has(version))) causes.invalid(field, versions, `must include at least one of ${reviewVersions.join(', ')}`);
}

function checkRule({ operations, apiGroups, apiVersions, resources }: RuleWithOperations, field: string, causes: Causes): void {
  const lists = [['operations', operations, 'operations'], ['apiGroups', apiGroups, 'API groups'], ['apiVersions', apiVersions, 'API versions']] as const;
  for (const [part, values = [], words] of lists) {
    if (values.length === 0) causes.required(`${field}.${part}`);
    if (values.length > 1 && values.includes('*')) causes.invalid(`${field}.${part}`, values, `if '*' is present, must not specify other ${words}`);
  }
  for (const [index, version] of (apiVersions ?? []).entries()) if (version === '') causes.required(`${field}.apiVersions[${index}]`);
  checkResources(resources ?? [], `${field}.resources`, causes);
}

function checkResources(resources: readonly string[], field: string, causes: Causes): void {
  if (resources.length === 0) causes.required(field);
  const wild = new Set<string>();
  for (const [index, resource] of resources.entries()) {
    if (resource === '') causes.required(`${field}[${index}]`);
    const [name = '', subresource] = resource.split(/\/(.*)/s);
    if (subresource === undefined) continue;
    for (const pattern of [`${name}/*`, `*/${subresource}`]) {
      if (wild.has(pattern)) causes.invalid(`${field}[${index}]`, resource, `if '${pattern}' is present, must not specify ${resource}`);
    }
    if (name === '*' || subresource === '*') wild.add(resource);
  }
  if (resources.length > 1 && resources.includes('*/*')) causes.invalid(field, resources, "if '*/*' is present, must not specify other resources");
  if (resources.includes('*') && resources.some((resource) => resource !== '*' && !resource.includes('/'))) {
    causes.invalid(field, resources, "if '*' is present, must not specify other resources without subresources");
  }
}

/** Names and presence only: the expressions are compiled where they are used. */
function checkConditions(conditions: readonly MatchCondition[], field: string, causes: Causes): void {
  if (conditions.length > mostConditions) causes.tooMany(field, conditions.length, mostConditions);
  const names = new Set<string>();
  for (const [index, { name, expression }] of conditions.entries()) {
    if (!expression?.trim()) causes.required(`${field}[${index}].expression`);
    checkName(name, `${field}[${index}].name`, checkQualifiedName, causes);
    if (names.has(name)) causes.duplicate(`${field}[${index}].name`, name);
    names.add(name);
  }
}
