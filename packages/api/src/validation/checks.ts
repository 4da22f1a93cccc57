import { checkBindingChange, checkClusterRole, checkClusterRoleBinding, checkRole, checkRoleBinding } from './access.ts';
import {
  checkMutatingAdmissionPolicy, checkMutatingAdmissionPolicyBinding, checkValidatingAdmissionPolicy, checkValidatingAdmissionPolicyBinding,
} from './admission-policy.ts';
import { checkDaemonSet, checkDeployment, checkReplicaSet, checkReplicationController, checkSelectorChange, checkStatefulSet, checkStatefulSetChange } from './apps.ts';
import { checkHorizontalPodAutoscaler } from './autoscaler.ts';
import { checkCronJob, checkJob, checkJobChange } from './batch.ts';
import type { ChangeCheck, Check } from './causes.ts';
import { checkConfigMap, checkConfigMapChange, checkSecret, checkSecretChange } from './config.ts';
import { checkControllerRevision, checkControllerRevisionChange } from './controller-revision.ts';
import { checkCSIDriver, checkCSIDriverChange } from './csi-driver.ts';
import { checkAPIService, checkCustomResourceDefinition, checkCustomResourceDefinitionChange } from './custom-resource.ts';
import { checkEndpoints, checkEndpointSlice, checkEndpointSliceChange } from './endpoints.ts';
import { checkFlowSchema } from './flow-schema.ts';
import { checkIngress } from './ingress.ts';
import { checkIngressClass, checkIngressClassChange } from './ingress-class.ts';
import { checkLimitRange } from './limit-range.ts';
import { checkNetworkPolicy } from './network-policy.ts';
import { checkNode, checkNodeChange } from './node.ts';
import { checkPersistentVolume, checkPersistentVolumeChange } from './persistent-volume.ts';
import { checkPod, checkPodChange, checkPodTemplate } from './pod.ts';
import { checkLease, checkPodDisruptionBudget, checkPriorityClass, checkPriorityClassChange } from './policy.ts';
import { checkPriorityLevelConfiguration } from './priority-level.ts';
import { checkResourceQuota, checkResourceQuotaChange } from './resource-quota.ts';
import { checkRuntimeClass, checkRuntimeClassChange } from './runtime-class.ts';
import { checkService, checkServiceChange } from './service.ts';
import { checkIPAddress, checkIPAddressChange, checkServiceCIDR, checkServiceCIDRChange } from './service-range.ts';
import { checkCertificateSigningRequest, checkCertificateSigningRequestChange } from './signing-request.ts';
import { checkPersistentVolumeClaim, checkPersistentVolumeClaimChange } from './storage.ts';
import { checkStorageClass, checkStorageClassChange } from './storage-class.ts';
import {
  checkCSINode, checkCSIStorageCapacity, checkCSIStorageCapacityChange, checkVolumeAttachment, checkVolumeAttachmentChange, checkVolumeAttributesClass,
  checkVolumeAttributesClassChange,
} from './csi-objects.ts';
import { checkWebhookConfiguration } from './webhook.ts';
import type { PodTemplate } from '../core/v1/index.ts';

/** Hand-written validators; the schema alone speaks for every other kind. */
export const checks: Readonly<Record<string, Check<never>>> = {
  'v1/ConfigMap': checkConfigMap,
  'v1/Endpoints': checkEndpoints,
  'v1/LimitRange': checkLimitRange,
  'v1/Namespace': () => undefined,
  'v1/Node': checkNode,
  'v1/PersistentVolume': checkPersistentVolume,
  'v1/PersistentVolumeClaim': checkPersistentVolumeClaim,
  'v1/Pod': checkPod,
  'v1/PodTemplate': ({ template }: PodTemplate, causes) => checkPodTemplate(template, 'template', causes),
  'v1/ReplicationController': checkReplicationController,
  'v1/ResourceQuota': checkResourceQuota,
  'v1/Secret': checkSecret,
  'v1/Service': checkService,
  'v1/ServiceAccount': () => undefined,
  'apps/v1/ControllerRevision': checkControllerRevision,
  'apps/v1/DaemonSet': checkDaemonSet,
  'apps/v1/Deployment': checkDeployment,
  'apps/v1/ReplicaSet': checkReplicaSet,
  'apps/v1/StatefulSet': checkStatefulSet,
  'batch/v1/CronJob': checkCronJob,
  'batch/v1/Job': checkJob,
  'autoscaling/v1/HorizontalPodAutoscaler': checkHorizontalPodAutoscaler,
  'autoscaling/v2/HorizontalPodAutoscaler': checkHorizontalPodAutoscaler,
  'policy/v1/PodDisruptionBudget': checkPodDisruptionBudget,
  'networking.k8s.io/v1/IPAddress': checkIPAddress,
  'networking.k8s.io/v1/ServiceCIDR': checkServiceCIDR,
  'networking.k8s.io/v1/Ingress': checkIngress,
  'networking.k8s.io/v1/IngressClass': checkIngressClass,
  'networking.k8s.io/v1/NetworkPolicy': checkNetworkPolicy,
  'node.k8s.io/v1/RuntimeClass': checkRuntimeClass,
  'discovery.k8s.io/v1/EndpointSlice': checkEndpointSlice,
  'coordination.k8s.io/v1/Lease': checkLease,
  'rbac.authorization.k8s.io/v1/ClusterRole': checkClusterRole,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': checkClusterRoleBinding,
  'rbac.authorization.k8s.io/v1/Role': checkRole,
  'rbac.authorization.k8s.io/v1/RoleBinding': checkRoleBinding,
  'certificates.k8s.io/v1/CertificateSigningRequest': checkCertificateSigningRequest,
  'flowcontrol.apiserver.k8s.io/v1/FlowSchema': checkFlowSchema,
  'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration': checkPriorityLevelConfiguration,
  'storage.k8s.io/v1/CSIDriver': checkCSIDriver,
  'storage.k8s.io/v1/CSINode': checkCSINode,
  'storage.k8s.io/v1/CSIStorageCapacity': checkCSIStorageCapacity,
  'storage.k8s.io/v1/VolumeAttachment': checkVolumeAttachment,
  'storage.k8s.io/v1/VolumeAttributesClass': checkVolumeAttributesClass,
  'storage.k8s.io/v1/StorageClass': checkStorageClass,
  'scheduling.k8s.io/v1/PriorityClass': checkPriorityClass,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy': checkMutatingAdmissionPolicy,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding': checkMutatingAdmissionPolicyBinding,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': checkValidatingAdmissionPolicy,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': checkValidatingAdmissionPolicyBinding,
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': checkWebhookConfiguration,
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration': checkWebhookConfiguration,
  'apiextensions.k8s.io/v1/CustomResourceDefinition': checkCustomResourceDefinition,
  'apiregistration.k8s.io/v1/APIService': checkAPIService,
};

/** What an update of the main resource may not do. */
export const changeChecks: Readonly<Record<string, ChangeCheck<never>>> = {
  'v1/ConfigMap': checkConfigMapChange,
  'v1/Node': checkNodeChange,
  'v1/PersistentVolume': checkPersistentVolumeChange,
  'v1/PersistentVolumeClaim': checkPersistentVolumeClaimChange,
  'v1/Pod': checkPodChange,
  'v1/ResourceQuota': checkResourceQuotaChange,
  'v1/Secret': checkSecretChange,
  'v1/Service': checkServiceChange,
  'apps/v1/ControllerRevision': checkControllerRevisionChange,
  'apps/v1/DaemonSet': checkSelectorChange,
  'apps/v1/Deployment': checkSelectorChange,
  'apps/v1/ReplicaSet': checkSelectorChange,
  'apps/v1/StatefulSet': checkStatefulSetChange,
  'batch/v1/Job': checkJobChange,
  'networking.k8s.io/v1/IPAddress': checkIPAddressChange,
  'networking.k8s.io/v1/ServiceCIDR': checkServiceCIDRChange,
  'networking.k8s.io/v1/IngressClass': checkIngressClassChange,
  'node.k8s.io/v1/RuntimeClass': checkRuntimeClassChange,
  'discovery.k8s.io/v1/EndpointSlice': checkEndpointSliceChange,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': checkBindingChange,
  'rbac.authorization.k8s.io/v1/RoleBinding': checkBindingChange,
  'certificates.k8s.io/v1/CertificateSigningRequest': checkCertificateSigningRequestChange,
  'storage.k8s.io/v1/CSIDriver': checkCSIDriverChange,
  'storage.k8s.io/v1/CSIStorageCapacity': checkCSIStorageCapacityChange,
  'storage.k8s.io/v1/VolumeAttachment': checkVolumeAttachmentChange,
  'storage.k8s.io/v1/VolumeAttributesClass': checkVolumeAttributesClassChange,
  'storage.k8s.io/v1/StorageClass': checkStorageClassChange,
  'scheduling.k8s.io/v1/PriorityClass': checkPriorityClassChange,
  'apiextensions.k8s.io/v1/CustomResourceDefinition': checkCustomResourceDefinitionChange,
};
