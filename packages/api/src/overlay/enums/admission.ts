import type { PackageEnums } from './closed-set.ts';

const failurePolicy = ['Fail', 'Ignore'];
const matchPolicy = ['Equivalent', 'Exact'];
const reinvocationPolicy = ['IfNeeded', 'Never'];
// Two of them come from versions that are gone; validation refuses these.
const sideEffects = ['None', 'NoneOnDryRun', 'Some', 'Unknown'];
const rule = { operations: ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'], scope: ['*', 'Cluster', 'Namespaced'] };

/** Closed sets of admissionregistration.k8s.io/v1. */
export const admissionEnums: PackageEnums = {
  MatchResources: { matchPolicy },
  MutatingAdmissionPolicySpec: { failurePolicy, reinvocationPolicy },
  MutatingWebhook: { failurePolicy, matchPolicy, reinvocationPolicy, sideEffects },
  Mutation: { patchType: ['ApplyConfiguration', 'JSONPatch'] },
  NamedRuleWithOperations: rule,
  RuleWithOperations: rule,
  ValidatingAdmissionPolicyBindingSpec: { validationActions: ['Audit', 'Deny', 'Warn'] },
  ValidatingAdmissionPolicySpec: { failurePolicy },
  ValidatingWebhook: { failurePolicy, matchPolicy, sideEffects },
};
