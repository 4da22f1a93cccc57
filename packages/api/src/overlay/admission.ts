import { atomicTypes, fields, keyed, merged, set, type PackageOverlay } from './marks.ts';

/** Marks of admissionregistration.k8s.io/v1. */
export const admissionOverlay: PackageOverlay = {
  ...atomicTypes('MatchResources', 'NamedRuleWithOperations', 'ParamKind', 'ParamRef', 'Variable'),
  MutatingAdmissionPolicySpec: fields({ matchConditions: merged('name') }),
  MutatingWebhook: fields({ matchConditions: merged('name') }),
  MutatingWebhookConfiguration: fields({ webhooks: merged('name') }),
  ValidatingAdmissionPolicyBindingSpec: fields({ validationActions: set }),
  ValidatingAdmissionPolicySpec: fields({ matchConditions: merged('name'), variables: merged('name') }),
  ValidatingAdmissionPolicyStatus: fields({ conditions: keyed('type') }),
  ValidatingWebhook: fields({ matchConditions: merged('name') }),
  ValidatingWebhookConfiguration: fields({ webhooks: merged('name') }),
};
