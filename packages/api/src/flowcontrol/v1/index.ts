import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  FlowSchema as FlowSchemaObject, PriorityLevelConfiguration as PriorityLevelConfigurationObject,
} from '../../../generated/types/flowcontrol-v1.ts';

export type {
  ExemptPriorityLevelConfiguration, FlowDistinguisherMethod, FlowSchemaCondition, FlowSchemaList, FlowSchemaSpec,
  FlowSchemaStatus, GroupSubject, LimitResponse, LimitedPriorityLevelConfiguration, NonResourcePolicyRule,
  PolicyRulesWithSubjects, PriorityLevelConfigurationCondition, PriorityLevelConfigurationList,
  PriorityLevelConfigurationReference, PriorityLevelConfigurationSpec, PriorityLevelConfigurationStatus,
  QueuingConfiguration, ResourcePolicyRule, ServiceAccountSubject, Subject, UserSubject,
} from '../../../generated/types/flowcontrol-v1.ts';

const define = kindsOf({ group: 'flowcontrol.apiserver.k8s.io', version: 'v1', package: 'io.k8s.api.flowcontrol.v1' });

export type FlowSchema = FlowSchemaObject;
/** The FlowSchema kind of flowcontrol.apiserver.k8s.io/v1. */
export const FlowSchema: Kind<FlowSchemaObject> = define('FlowSchema', {
  namespaced: false,
  subresources: [statusSubresource],
});

export type PriorityLevelConfiguration = PriorityLevelConfigurationObject;
/** The PriorityLevelConfiguration kind of flowcontrol.apiserver.k8s.io/v1. */
export const PriorityLevelConfiguration: Kind<PriorityLevelConfigurationObject> = define('PriorityLevelConfiguration', {
  namespaced: false,
  subresources: [statusSubresource],
});
