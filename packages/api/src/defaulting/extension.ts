import type {
  MatchResources, MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, MutatingWebhook, MutatingWebhookConfiguration, RuleWithOperations,
  ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingWebhook, ValidatingWebhookConfiguration,
} from '../admissionregistration/v1/index.ts';
import type { CustomResourceDefinition } from '../apiextensions/v1/index.ts';
import type { APIService } from '../apiregistration/v1/index.ts';
import { each, setAbsent, setZero } from './set-default.ts';

function defaultWebhook(webhook: ValidatingWebhook | MutatingWebhook): void {
  setAbsent(webhook, 'failurePolicy', 'Fail');
  setAbsent(webhook, 'matchPolicy', 'Equivalent');
  setAbsent(webhook, 'namespaceSelector', {});
  setAbsent(webhook, 'objectSelector', {});
  setAbsent(webhook, 'timeoutSeconds', 10);
  defaultRules(webhook.rules);
  if (webhook.clientConfig?.service !== undefined) setAbsent(webhook.clientConfig.service, 'port', 443);
}

function defaultRules(rules: Pick<RuleWithOperations, 'scope'>[] | undefined): void {
  each(rules, (rule) => setAbsent(rule, 'scope', '*'));
}

/** Defaults of a ValidatingWebhookConfiguration. */
export function defaultValidatingWebhooks({ webhooks }: ValidatingWebhookConfiguration): void {
  each(webhooks, defaultWebhook);
}

/** Defaults of a MutatingWebhookConfiguration. */
export function defaultMutatingWebhooks({ webhooks }: MutatingWebhookConfiguration): void {
  each(webhooks, (webhook) => {
    defaultWebhook(webhook);
    setAbsent(webhook, 'reinvocationPolicy', 'Never');
  });
}

function defaultMatch(match: MatchResources | undefined): void {
  if (match === undefined) return;
  setAbsent(match, 'matchPolicy', 'Equivalent');
  setAbsent(match, 'namespaceSelector', {});
  setAbsent(match, 'objectSelector', {});
  defaultRules(match.resourceRules);
  defaultRules(match.excludeResourceRules);
}

/** Defaults of admission policies. */
export function defaultAdmissionPolicy({ spec }: ValidatingAdmissionPolicy | MutatingAdmissionPolicy): void {
  if (spec === undefined) return;
  setAbsent(spec, 'failurePolicy', 'Fail');
  defaultMatch(spec.matchConstraints);
}

/** Defaults of the bindings of admission policies. */
export function defaultAdmissionPolicyBinding({ spec }: ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding): void {
  defaultMatch(spec?.matchResources);
}

/** Defaults of a CustomResourceDefinition. */
export function defaultCustomResourceDefinition({ spec }: CustomResourceDefinition): void {
  if (spec === undefined) return;
  const { names } = spec;
  if (names?.kind !== undefined) {
    setZero(names, 'singular', names.kind.toLowerCase());
    setZero(names, 'listKind', `${names.kind}List`);
  }
  setAbsent(spec, 'conversion', { strategy: 'None' });
  const service = spec.conversion?.webhook?.clientConfig?.service;
  if (service !== undefined) setAbsent(service, 'port', 443);
}

/** Defaults of an APIService. */
export function defaultAPIService({ spec }: APIService): void {
  if (spec?.service !== undefined) setAbsent(spec.service, 'port', 443);
}
