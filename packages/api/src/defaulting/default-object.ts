import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta/object.ts';
import { defaultDaemonSet, defaultDeployment, defaultReplicaSet, defaultStatefulSet } from './apps.ts';
import { defaultHorizontalPodAutoscaler, defaultHorizontalPodAutoscalerV1 } from './autoscaling.ts';
import { defaultCronJob, defaultJob } from './batch.ts';
import {
  defaultEndpoints, defaultLimitRange, defaultNamespace, defaultNode, defaultPersistentVolume, defaultPersistentVolumeClaim,
  defaultPodTemplateObject, defaultReplicationController, defaultSecret,
} from './core.ts';
import {
  defaultAdmissionPolicy, defaultAdmissionPolicyBinding, defaultAPIService, defaultCustomResourceDefinition, defaultMutatingWebhooks, defaultValidatingWebhooks,
} from './extension.ts';
import {
  defaultCSIDriver, defaultEndpointSlice, defaultFlowSchema, defaultIngressClass, defaultNetworkPolicy, defaultPriorityClass,
  defaultPriorityLevelConfiguration, defaultResourceClaim, defaultResourceClaimTemplate, defaultRoleBinding, defaultStorageClass, defaultTokenRequest,
} from './infrastructure.ts';
import { defaultPod } from './pod.ts';
import { defaultService } from './service.ts';
import type { Defaulter } from './set-default.ts';

const defaulters: Readonly<Record<string, Defaulter>> = {
  'v1/Endpoints': defaultEndpoints,
  'v1/LimitRange': defaultLimitRange,
  'v1/Namespace': defaultNamespace,
  'v1/Node': defaultNode,
  'v1/PersistentVolume': defaultPersistentVolume,
  'v1/PersistentVolumeClaim': defaultPersistentVolumeClaim,
  'v1/Pod': defaultPod,
  'v1/PodTemplate': defaultPodTemplateObject,
  'v1/ReplicationController': defaultReplicationController,
  'v1/Secret': defaultSecret,
  'v1/Service': defaultService,
  'apps/v1/DaemonSet': defaultDaemonSet,
  'apps/v1/Deployment': defaultDeployment,
  'apps/v1/ReplicaSet': defaultReplicaSet,
  'apps/v1/StatefulSet': defaultStatefulSet,
  'batch/v1/CronJob': defaultCronJob,
  'batch/v1/Job': defaultJob,
  'autoscaling/v1/HorizontalPodAutoscaler': defaultHorizontalPodAutoscalerV1,
  'autoscaling/v2/HorizontalPodAutoscaler': defaultHorizontalPodAutoscaler,
  'authentication.k8s.io/v1/TokenRequest': defaultTokenRequest,
  'discovery.k8s.io/v1/EndpointSlice': defaultEndpointSlice,
  'flowcontrol.apiserver.k8s.io/v1/FlowSchema': defaultFlowSchema,
  'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration': defaultPriorityLevelConfiguration,
  'networking.k8s.io/v1/IngressClass': defaultIngressClass,
  'networking.k8s.io/v1/NetworkPolicy': defaultNetworkPolicy,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': defaultRoleBinding,
  'rbac.authorization.k8s.io/v1/RoleBinding': defaultRoleBinding,
  'resource.k8s.io/v1/ResourceClaim': defaultResourceClaim,
  'resource.k8s.io/v1/ResourceClaimTemplate': defaultResourceClaimTemplate,
  'scheduling.k8s.io/v1/PriorityClass': defaultPriorityClass,
  'storage.k8s.io/v1/CSIDriver': defaultCSIDriver,
  'storage.k8s.io/v1/StorageClass': defaultStorageClass,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy': defaultAdmissionPolicy,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding': defaultAdmissionPolicyBinding,
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': defaultMutatingWebhooks,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': defaultAdmissionPolicy,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': defaultAdmissionPolicyBinding,
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration': defaultValidatingWebhooks,
  'apiextensions.k8s.io/v1/CustomResourceDefinition': defaultCustomResourceDefinition,
  'apiregistration.k8s.io/v1/APIService': defaultAPIService,
};

/** Kinds that decode may leave without `spec` or `metadata`; validation reports what is still missing. */
type Decoded = { metadata?: KubeObject['metadata'] };

/** Puts upstream's defaults for the kind in place; the object must have been decoded (types are trusted). */
export function defaultObject(kind: Kind, object: object): void {
  const decoded = object as Decoded;
  decoded.metadata ??= {} as KubeObject['metadata'];
  const defaulter = defaulters[`${kind.apiVersion}/${kind.kind}`] as Defaulter<object> | undefined;
  defaulter?.(object);
}
