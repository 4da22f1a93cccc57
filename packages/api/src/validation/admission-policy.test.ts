import {
  MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding,
} from '../admissionregistration/v1/index.ts';
import type { Kind } from '../kind.ts';
import { problems } from './testdata/objects.ts';

const rule = { operations: ['CREATE'], apiGroups: ['apps'], apiVersions: ['v1'], resources: ['deployments'] };
const matchConstraints = { resourceRules: [rule] };
const validating = (rest: object) => ({ spec: { matchConstraints, validations: [{ expression: 'true' }], ...rest } });
const mutating = (rest: object) => ({ spec: { matchConstraints, reinvocationPolicy: 'Never', mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[]' } }], ...rest } });
const binding = (rest: object) => ({ spec: { policyName: 'p', validationActions: ['Deny'], ...rest } });

describe('admission policies and their bindings', () => {
  it.each<[Kind, object, string]>([
    [ValidatingAdmissionPolicy, validating({ failurePolicy: 'Retry' }), 'spec.failurePolicy: Unsupported value: "Retry": supported values: "Fail", "Ignore"'],
    [ValidatingAdmissionPolicy, validating({ matchConstraints: undefined }), 'spec.matchConstraints: Required value'],
    [ValidatingAdmissionPolicy, validating({ matchConstraints: {} }), 'spec.matchConstraints.resourceRules: Required value'],
    [ValidatingAdmissionPolicy, validating({ matchConstraints: { resourceRules: [{ ...rule, operations: ['READ'] }] } }), 'spec.matchConstraints.resourceRules[0].operations[0]: Unsupported value: "READ"'],
    [ValidatingAdmissionPolicy, validating({ matchConstraints: { resourceRules: [{ ...rule, resourceNames: ['a', 'a'] }] } }), 'spec.matchConstraints.resourceRules[0].resourceNames[1]: Duplicate value: "a"'],
    [ValidatingAdmissionPolicy, validating({ validations: [{ expression: ' ' }] }), 'spec.validations[0].expression: Required value: expression is not specified'],
    [ValidatingAdmissionPolicy, validating({ validations: [{ expression: 'true', message: 'a\nb' }] }), 'spec.validations[0].message: Invalid value: "a\\nb": message must not contain line breaks'],
    [ValidatingAdmissionPolicy, validating({ validations: [{ expression: 'true', reason: 'Teapot' }] }), 'spec.validations[0].reason: Unsupported value: "Teapot": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"'],
    [ValidatingAdmissionPolicy, validating({ auditAnnotations: [{ key: 'a', valueExpression: '"a"' }, { key: 'a', valueExpression: '"b"' }] }), 'spec.auditAnnotations[1].key: Duplicate value: "a"'],
    [ValidatingAdmissionPolicy, validating({ variables: [{ name: 'a-b', expression: '1' }] }), 'spec.variables[0].name: Invalid value: "a-b": name is not a valid CEL identifier'],
    [ValidatingAdmissionPolicy, validating({ paramKind: { apiVersion: 'a/b/c', kind: 'K' } }), 'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c'],
    [ValidatingAdmissionPolicy, validating({ paramKind: { apiVersion: 'v1' } }), 'spec.paramKind.kind: Required value'],
    [MutatingAdmissionPolicy, mutating({ mutations: [] }), 'spec.mutations: Required value: mutations must contain at least one item'],
    [MutatingAdmissionPolicy, mutating({ mutations: [{ patchType: 'Text' }] }), 'spec.mutations[0].patchType: Unsupported value: "Text": supported values: "ApplyConfiguration", "JSONPatch"'],
    [MutatingAdmissionPolicy, mutating({ mutations: [{ patchType: 'JSONPatch' }] }), 'spec.mutations[0].jsonPatch.expression: Required value: expression is not specified'],
    [MutatingAdmissionPolicy, mutating({ reinvocationPolicy: 'Often' }), 'spec.reinvocationPolicy: Unsupported value: "Often": supported values: "IfNeeded", "Never"'],
    [ValidatingAdmissionPolicyBinding, binding({ policyName: '' }), 'spec.policyName: Required value'],
    [ValidatingAdmissionPolicyBinding, binding({ validationActions: [] }), 'spec.validationActions: Required value: at least one validation action is required'],
    [ValidatingAdmissionPolicyBinding, binding({ validationActions: ['Shout'] }), 'spec.validationActions[0]: Unsupported value: "Shout": supported values: "Audit", "Deny", "Warn"'],
    [ValidatingAdmissionPolicyBinding, binding({ validationActions: ['Deny', 'Warn'] }), 'spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn'],
    [ValidatingAdmissionPolicyBinding, binding({ validationActions: ['Deny', 'Deny'] }), 'spec.validationActions[1]: Duplicate value: "Deny"'],
    [ValidatingAdmissionPolicyBinding, binding({ paramRef: { parameterNotFoundAction: 'Deny' } }), 'spec.paramRef: Required value: one of name or selector must be specified'],
    [MutatingAdmissionPolicyBinding, { spec: { policyName: 'p', paramRef: { name: 'n' } } }, 'spec.paramRef.parameterNotFoundAction: Required value'],
    [MutatingAdmissionPolicyBinding, { spec: { policyName: 'p', matchResources: { matchPolicy: 'Loose' } } }, 'spec.matchResources.matchPolicy: Unsupported value: "Loose": supported values: "Equivalent", "Exact"'],
  ])('are refused: %# of $kind', (kind, rest, text) => {
    expect(problems(kind, rest)).toEqual([expect.stringContaining(text)]);
  });

  it('need something to say', () => {
    expect(problems(ValidatingAdmissionPolicy, { spec: { matchConstraints } })).toEqual([
      'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
      'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
    ]);
  });

  it('are good with parameters, variables and conditions', () => {
    const rest = { paramKind: { apiVersion: 'example.org/v1', kind: 'Limit' }, variables: [{ name: 'n', expression: '1' }], matchConditions: [{ name: 'a', expression: 'true' }] };
    expect(problems(ValidatingAdmissionPolicy, validating({ ...rest, auditAnnotations: [{ key: 'a', valueExpression: '"a"' }] }))).toEqual([]);
    expect(problems(MutatingAdmissionPolicy, mutating(rest))).toEqual([]);
    expect(problems(ValidatingAdmissionPolicyBinding, binding({ paramRef: { selector: {}, parameterNotFoundAction: 'Allow' }, matchResources: {} }))).toEqual([]);
    expect(problems(MutatingAdmissionPolicyBinding, { spec: { policyName: 'p' } })).toEqual([]);
  });
});
