import type {
  MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding, MutatingWebhookConfiguration, ParamKind, ParamRef, ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding, ValidatingWebhookConfiguration,
} from '../admissionregistration/v1/index.ts';
import type { APIService } from '../apiregistration/v1/index.ts';
import type { FlowSchema, PriorityLevelConfiguration } from '../flowcontrol/v1/index.ts';
import type { DeviceClass, ResourceClaim, ResourceClaimTemplate, ResourceSlice } from '../resource/v1/index.ts';
import { findCondition } from '../meta/conditions.ts';
import { orUnset } from './format.ts';
import { age, ageColumn, column, nameColumn, nameOf, type Cell, type Printer } from './table.ts';

/** Webhook configurations. */
export const webhookPrinter: Printer<MutatingWebhookConfiguration | ValidatingWebhookConfiguration> = {
  columns: [nameColumn, column('Webhooks', 'webhooks it holds', 'integer'), ageColumn],
  row: (object, now) => [nameOf(object), (object.webhooks ?? []).length, age(object, now)],
};

function paramKind(kind: ParamKind | undefined): string {
  return kind === undefined ? '<unset>' : `${kind.apiVersion ?? ''}/${kind.kind ?? ''}`;
}

const paramKindColumn = column('ParamKind', 'kind of its parameters');

/** ValidatingAdmissionPolicies. */
export const validatingPolicyPrinter: Printer<ValidatingAdmissionPolicy> = {
  columns: [nameColumn, column('Validations', 'expressions it checks', 'integer'), paramKindColumn, ageColumn],
  row: (object, now) => [nameOf(object), (object.spec?.validations ?? []).length, paramKind(object.spec?.paramKind), age(object, now)],
};

/** MutatingAdmissionPolicies. */
export const mutatingPolicyPrinter: Printer<MutatingAdmissionPolicy> = {
  columns: [nameColumn, column('Mutations', 'changes it makes', 'integer'), paramKindColumn, ageColumn],
  row: (object, now) => [nameOf(object), (object.spec?.mutations ?? []).length, paramKind(object.spec?.paramKind), age(object, now)],
};

/** Bindings of admission policies. */
export const policyBindingPrinter: Printer<ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding> = {
  columns: [nameColumn, column('PolicyName', 'policy that it applies'), column('ParamRef', 'parameters it applies it with'), ageColumn],
  row: (object, now) => [nameOf(object), object.spec?.policyName ?? '', paramRef(object.spec?.paramRef), age(object, now)],
};

function paramRef(reference: ParamRef | undefined): string {
  if (reference === undefined) return '<unset>';
  if (!reference.name) return '*';
  return reference.namespace ? `${reference.namespace}/${reference.name}` : reference.name;
}

/** FlowSchemas. */
export const flowSchemaPrinter: Printer<FlowSchema> = {
  columns: [
    nameColumn, column('PriorityLevel', 'level that its requests belong to'), column('MatchingPrecedence', 'lower numbers are tried first', 'integer'),
    column('DistinguisherMethod', 'how its requests form flows'), ageColumn, column('MissingPL', 'whether its level does not exist'),
  ],
  row: (object, now) => [
    nameOf(object), object.spec?.priorityLevelConfiguration?.name ?? '<none>', object.spec?.matchingPrecedence ?? 0, object.spec?.distinguisherMethod?.type ?? '<none>',
    age(object, now), findCondition(object.status?.conditions, 'Dangling')?.status ?? '?',
  ],
};

/** PriorityLevelConfigurations. */
export const priorityLevelPrinter: Printer<PriorityLevelConfiguration> = {
  columns: [
    nameColumn, column('Type', 'whether its requests are limited'), column('NominalConcurrencyShares', 'share of the seats'), column('Queues', 'queues'),
    column('HandSize', 'queues that one flow uses'), column('QueueLengthLimit', 'requests that wait in one queue'), ageColumn,
  ],
  row: (object, now) => {
    const { limited, type = '' } = object.spec ?? {};
    const queuing = limited?.limitResponse?.queuing;
    const cell = (value: number | undefined): Cell => value ?? '<none>';
    return [nameOf(object), type, cell(limited?.nominalConcurrencyShares), cell(queuing?.queues), cell(queuing?.handSize), cell(queuing?.queueLengthLimit), age(object, now)];
  },
};

/** APIServices. */
export const apiServicePrinter: Printer<APIService> = {
  columns: [nameColumn, column('Service', 'service that serves the group'), column('Available', 'whether it answers'), ageColumn],
  row: (object, now) => {
    const service = object.spec?.service;
    const available = findCondition(object.status?.conditions, 'Available');
    const reason = available !== undefined && available.status !== 'True' && available.reason ? ` (${available.reason})` : '';
    return [
      nameOf(object), service === undefined ? 'Local' : `${service.namespace ?? ''}/${service.name ?? ''}`, `${available?.status ?? 'Unknown'}${reason}`, age(object, now),
    ];
  },
};

/** DeviceClasses and ResourceClaimTemplates. */
export const plainPrinter: Printer<DeviceClass | ResourceClaimTemplate> = {
  columns: [nameColumn, ageColumn],
  row: (object, now) => [nameOf(object), age(object, now)],
};

/** ResourceSlices. */
export const resourceSlicePrinter: Printer<ResourceSlice> = {
  columns: [nameColumn, column('Node', 'node that has the devices'), column('Driver', 'driver that published it'), column('Pool', 'pool that it is part of'), ageColumn],
  row: (object, now) => [nameOf(object), orUnset(object.spec?.nodeName), object.spec?.driver ?? '', object.spec?.pool?.name ?? '', age(object, now)],
};

/** ResourceClaims. */
export const resourceClaimPrinter: Printer<ResourceClaim> = {
  columns: [nameColumn, column('State', 'whether devices are allocated and in use'), ageColumn],
  row: (object, now) => {
    const states = [
      ...(object.metadata.deletionTimestamp === undefined ? [] : ['deleted']),
      ...(object.status?.allocation === undefined ? [] : ['allocated']),
      ...((object.status?.reservedFor ?? []).length > 0 ? ['reserved'] : []),
    ];
    return [nameOf(object), states.length === 0 ? 'pending' : states.join(','), age(object, now)];
  },
};
