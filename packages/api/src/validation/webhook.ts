import type { MutatingWebhook, MutatingWebhookConfiguration, ValidatingWebhook, ValidatingWebhookConfiguration } from '../admissionregistration/v1/index.ts';
import { checkDns1035Label, checkDns1123Subdomain } from '../names/index.ts';
import { checkConditions, checkResources, checkRule } from './admission-rules.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkName, checkSelector } from './rules.ts';
import { checkClientConfig } from './webhook-client.ts';

type Webhook = MutatingWebhook | ValidatingWebhook;

/** Versions of AdmissionReview that a server speaks. */
const reviewVersions = ['v1', 'v1beta1'];
const sideEffects = ['None', 'NoneOnDryRun'];

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
  for (const [index, rule] of (webhook.rules ?? []).entries()) {
    checkRule(rule, `${field}.rules[${index}]`, causes);
    checkResources(rule.resources ?? [], `${field}.rules[${index}].resources`, causes);
  }
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
