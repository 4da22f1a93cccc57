import type {
  MatchResources, MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, MutatingAdmissionPolicySpec, NamedRuleWithOperations, ParamKind, ParamRef,
  ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding, ValidatingAdmissionPolicySpec, Validation,
} from '../admissionregistration/v1/index.ts';
import { checkDns1035Label, checkDns1123Subdomain, checkPathSegment, checkQualifiedName } from '../names/index.ts';
import { checkConditions, checkResources, checkRule } from './admission-rules.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkName, checkSelector } from './rules.ts';

const mostAnnotations = 20;

/** A ValidatingAdmissionPolicy; its expressions are compiled where they are used. */
export function checkValidatingAdmissionPolicy({ metadata, spec }: ValidatingAdmissionPolicy, causes: Causes): void {
  const { validations = [], auditAnnotations = [] } = spec ?? {};
  checkPolicy(spec, causes);
  if (validations.length + auditAnnotations.length === 0) {
    for (const part of ['validations', 'auditAnnotations']) causes.required(`spec.${part}`, 'validations or auditAnnotations must contain at least one item');
  }
  for (const [index, validation] of validations.entries()) checkValidation(validation, `spec.validations[${index}]`, causes);
  if (auditAnnotations.length > mostAnnotations) causes.invalid('spec.auditAnnotations', auditAnnotations, `must not have more than ${mostAnnotations} auditAnnotations`);
  const keys = new Set<string>();
  for (const [index, { key, valueExpression }] of auditAnnotations.entries()) {
    const at = `spec.auditAnnotations[${index}]`;
    checkForm(`${metadata.name ?? ''}/${key ?? ''}`, `${at}.key`, checkQualifiedName, causes);
    if (!valueExpression?.trim()) causes.required(`${at}.valueExpression`, 'valueExpression is not specified');
    if (keys.has(key)) causes.duplicate(`${at}.key`, key);
    keys.add(key);
  }
}

function checkValidation({ expression, message = '', messageExpression = '', reason }: Validation, field: string, causes: Causes): void {
  if (!expression?.trim()) causes.required(`${field}.expression`, 'expression is not specified');
  if (messageExpression !== '' && messageExpression.trim() === '') causes.invalid(`${field}.messageExpression`, messageExpression, 'must be non-empty if specified');
  if (message !== '' && message.trim() === '') causes.invalid(`${field}.message`, message, 'message must be non-empty if specified');
  else if (/[\n\r]/.test(message.trim())) causes.invalid(`${field}.message`, message, 'message must not contain line breaks');
  checkEnum(reason, `${field}.reason`, ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'], causes);
}

/** A MutatingAdmissionPolicy. */
export function checkMutatingAdmissionPolicy({ spec }: MutatingAdmissionPolicy, causes: Causes): void {
  checkPolicy(spec, causes);
  checkEnum(spec?.reinvocationPolicy, 'spec.reinvocationPolicy', ['IfNeeded', 'Never'], causes, true);
  const mutations = spec?.mutations ?? [];
  if (mutations.length === 0) causes.required('spec.mutations', 'mutations must contain at least one item');
  for (const [index, { patchType, applyConfiguration, jsonPatch }] of mutations.entries()) {
    const at = `spec.mutations[${index}]`;
    checkEnum(patchType, `${at}.patchType`, ['ApplyConfiguration', 'JSONPatch'], causes, true);
    if (patchType === 'ApplyConfiguration' && !applyConfiguration?.expression?.trim()) causes.required(`${at}.applyConfiguration.expression`, 'expression is not specified');
    if (patchType === 'JSONPatch' && !jsonPatch?.expression?.trim()) causes.required(`${at}.jsonPatch.expression`, 'expression is not specified');
  }
}

/** What policies of both kinds have. */
function checkPolicy(spec: ValidatingAdmissionPolicySpec | MutatingAdmissionPolicySpec | undefined, causes: Causes): void {
  checkEnum(spec?.failurePolicy, 'spec.failurePolicy', ['Fail', 'Ignore'], causes, true);
  if (spec?.paramKind !== undefined) checkParamKind(spec.paramKind, 'spec.paramKind', causes);
  if (spec?.matchConstraints === undefined) causes.required('spec.matchConstraints');
  else {
    checkMatch(spec.matchConstraints, 'spec.matchConstraints', causes);
    if ((spec.matchConstraints.resourceRules ?? []).length === 0) causes.required('spec.matchConstraints.resourceRules');
  }
  checkConditions(spec?.matchConditions ?? [], 'spec.matchConditions', causes);
  for (const [index, { name, expression }] of (spec?.variables ?? []).entries()) {
    const at = `spec.variables[${index}]`;
    if (!name?.trim()) causes.required(`${at}.name`, 'name is not specified');
    else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name)) causes.invalid(`${at}.name`, name, 'name is not a valid CEL identifier');
    if (!expression?.trim()) causes.required(`${at}.expression`, 'expression is not specified');
  }
}

function checkParamKind({ apiVersion, kind }: ParamKind, field: string, causes: Causes): void {
  const [version = '', group = '', ...rest] = (apiVersion ?? '').split('/').reverse();
  if (!apiVersion) causes.required(`${field}.apiVersion`);
  else if (rest.length > 0) causes.invalid(`${field}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`);
  else {
    if (group !== '') for (const message of checkDns1123Subdomain(group)) causes.invalid(`${field}.apiVersion`, group, message);
    if (version === '') causes.invalid(`${field}.apiVersion`, apiVersion, 'version must be specified');
    else for (const message of checkDns1035Label(version)) causes.invalid(`${field}.apiVersion`, version, message);
  }
  if (!kind) causes.required(`${field}.kind`);
  else for (const message of checkDns1035Label(kind.toLowerCase())) causes.invalid(`${field}.kind`, kind, `may have mixed case, but should otherwise match: ${message}`);
}

function checkMatch({ namespaceSelector, objectSelector, resourceRules, excludeResourceRules }: MatchResources, field: string, causes: Causes): void {
  checkSelector(namespaceSelector, `${field}.namespaceSelector`, causes);
  checkSelector(objectSelector, `${field}.objectSelector`, causes);
  for (const [part, rules] of Object.entries({ resourceRules, excludeResourceRules })) {
    for (const [index, rule] of (rules ?? []).entries()) checkNamedRule(rule, `${field}.${part}[${index}]`, causes);
  }
}

function checkNamedRule(rule: NamedRuleWithOperations, field: string, causes: Causes): void {
  checkRule(rule, field, causes);
  checkResources(rule.resources ?? [], `${field}.resources`, causes);
  const names = new Set<string>();
  for (const [index, name] of (rule.resourceNames ?? []).entries()) {
    checkForm(name, `${field}.resourceNames[${index}]`, checkPathSegment, causes);
    if (names.has(name)) causes.duplicate(`${field}.resourceNames[${index}]`, name);
    names.add(name);
  }
}

/** A ValidatingAdmissionPolicyBinding. */
export function checkValidatingAdmissionPolicyBinding(binding: ValidatingAdmissionPolicyBinding, causes: Causes): void {
  checkBinding(binding, causes);
  const actions = binding.spec?.validationActions ?? [];
  for (const [index, action] of actions.entries()) if (actions.indexOf(action) < index) causes.duplicate(`spec.validationActions[${index}]`, action);
  if (actions.includes('Deny') && actions.includes('Warn')) {
    causes.invalid('spec.validationActions', actions, 'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)');
  }
  if (actions.length === 0) causes.required('spec.validationActions', 'at least one validation action is required');
}

/** A MutatingAdmissionPolicyBinding. */
export function checkMutatingAdmissionPolicyBinding(binding: MutatingAdmissionPolicyBinding, causes: Causes): void {
  checkBinding(binding, causes);
}

function checkBinding({ spec }: ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding, causes: Causes): void {
  checkName(spec?.policyName, 'spec.policyName', checkDns1123Subdomain, causes);
  if (spec?.paramRef !== undefined) checkParamRef(spec.paramRef, 'spec.paramRef', causes);
  if (spec?.matchResources !== undefined) checkMatch(spec.matchResources, 'spec.matchResources', causes);
}

function checkParamRef({ name, selector, parameterNotFoundAction }: ParamRef, field: string, causes: Causes): void {
  if (name) checkForm(name, `${field}.name`, checkPathSegment, causes);
  checkSelector(selector, `${field}.selector`, causes);
  if (name && selector !== undefined) for (const part of ['name', 'selector']) causes.forbidden(`${field}.${part}`, 'name and selector are mutually exclusive');
  if (!name && selector === undefined) causes.required(field, 'one of name or selector must be specified');
  checkEnum(parameterNotFoundAction, `${field}.parameterNotFoundAction`, ['Allow', 'Deny'], causes, true);
}
