import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  MutatingAdmissionPolicy as MutatingAdmissionPolicyObject,
  MutatingAdmissionPolicyBinding as MutatingAdmissionPolicyBindingObject,
  MutatingWebhookConfiguration as MutatingWebhookConfigurationObject,
  ValidatingAdmissionPolicy as ValidatingAdmissionPolicyObject,
  ValidatingAdmissionPolicyBinding as ValidatingAdmissionPolicyBindingObject,
  ValidatingWebhookConfiguration as ValidatingWebhookConfigurationObject,
} from '../../../generated/types/admissionregistration-v1.ts';

export type {
  ApplyConfiguration, AuditAnnotation, ExpressionWarning, JSONPatch, MatchCondition, MatchResources,
  MutatingAdmissionPolicyBindingList, MutatingAdmissionPolicyBindingSpec, MutatingAdmissionPolicyList,
  MutatingAdmissionPolicySpec, MutatingWebhook, MutatingWebhookConfigurationList, Mutation, NamedRuleWithOperations,
  ParamKind, ParamRef, RuleWithOperations, ServiceReference, TypeChecking, ValidatingAdmissionPolicyBindingList,
  ValidatingAdmissionPolicyBindingSpec, ValidatingAdmissionPolicyList, ValidatingAdmissionPolicySpec,
  ValidatingAdmissionPolicyStatus, ValidatingWebhook, ValidatingWebhookConfigurationList, Validation, Variable,
  WebhookClientConfig,
} from '../../../generated/types/admissionregistration-v1.ts';

const define = kindsOf({ group: 'admissionregistration.k8s.io', version: 'v1', package: 'io.k8s.api.admissionregistration.v1' });

export type MutatingAdmissionPolicy = MutatingAdmissionPolicyObject;
/** The MutatingAdmissionPolicy kind of admissionregistration.k8s.io/v1. */
export const MutatingAdmissionPolicy: Kind<MutatingAdmissionPolicyObject> = define('MutatingAdmissionPolicy', {
  namespaced: false,
  categories: ['api-extensions'],
});

export type MutatingAdmissionPolicyBinding = MutatingAdmissionPolicyBindingObject;
/** The MutatingAdmissionPolicyBinding kind of admissionregistration.k8s.io/v1. */
export const MutatingAdmissionPolicyBinding: Kind<MutatingAdmissionPolicyBindingObject> = define('MutatingAdmissionPolicyBinding', {
  namespaced: false,
  categories: ['api-extensions'],
});

export type MutatingWebhookConfiguration = MutatingWebhookConfigurationObject;
/** The MutatingWebhookConfiguration kind of admissionregistration.k8s.io/v1. */
export const MutatingWebhookConfiguration: Kind<MutatingWebhookConfigurationObject> = define('MutatingWebhookConfiguration', {
  namespaced: false,
  categories: ['api-extensions'],
});

export type ValidatingAdmissionPolicy = ValidatingAdmissionPolicyObject;
/** The ValidatingAdmissionPolicy kind of admissionregistration.k8s.io/v1. */
export const ValidatingAdmissionPolicy: Kind<ValidatingAdmissionPolicyObject> = define('ValidatingAdmissionPolicy', {
  namespaced: false,
  categories: ['api-extensions'],
  subresources: [statusSubresource],
});

export type ValidatingAdmissionPolicyBinding = ValidatingAdmissionPolicyBindingObject;
/** The ValidatingAdmissionPolicyBinding kind of admissionregistration.k8s.io/v1. */
export const ValidatingAdmissionPolicyBinding: Kind<ValidatingAdmissionPolicyBindingObject> = define('ValidatingAdmissionPolicyBinding', {
  namespaced: false,
  categories: ['api-extensions'],
});

export type ValidatingWebhookConfiguration = ValidatingWebhookConfigurationObject;
/** The ValidatingWebhookConfiguration kind of admissionregistration.k8s.io/v1. */
export const ValidatingWebhookConfiguration: Kind<ValidatingWebhookConfigurationObject> = define('ValidatingWebhookConfiguration', {
  namespaced: false,
  categories: ['api-extensions'],
});
