import { checkBindingChange, checkClusterRole, checkClusterRoleBinding, checkRole, checkRoleBinding } from './access.ts';
import { checkDaemonSet, checkDeployment, checkReplicaSet, checkReplicationController, checkSelectorChange, checkStatefulSet, checkStatefulSetChange } from './apps.ts';
import { checkCronJob, checkJob, checkJobChange } from './batch.ts';
import type { ChangeCheck, Check } from './causes.ts';
import { checkConfigMap, checkConfigMapChange, checkSecret, checkSecretChange } from './config.ts';
import { checkAPIService, checkCustomResourceDefinition, checkCustomResourceDefinitionChange } from './custom-resource.ts';
import { checkEndpointSlice, checkEndpointSliceChange, checkIngress, checkNetworkPolicy } from './network.ts';
import { checkNode, checkNodeChange } from './node.ts';
import { checkPod, checkPodChange, checkPodTemplate } from './pod.ts';
import {
  checkCertificateSigningRequest, checkCertificateSigningRequestChange, checkHorizontalPodAutoscaler, checkLease, checkPodDisruptionBudget,
  checkPriorityClass, checkPriorityClassChange,
} from './policy.ts';
import { checkService, checkServiceChange } from './service.ts';
import {
  checkPersistentVolume, checkPersistentVolumeChange, checkPersistentVolumeClaim, checkPersistentVolumeClaimChange, checkStorageClass, checkStorageClassChange,
} from './storage.ts';
import type { PodTemplate } from '../core/v1/index.ts';

/** Hand-written validators; the schema alone speaks for every other kind. */
export const checks: Readonly<Record<string, Check<never>>> = {
  'v1/ConfigMap': checkConfigMap,
  'v1/Namespace': () => undefined,
  'v1/Node': checkNode,
  'v1/PersistentVolume': checkPersistentVolume,
  'v1/PersistentVolumeClaim': checkPersistentVolumeClaim,
  'v1/Pod': checkPod,
  'v1/PodTemplate': ({ template }: PodTemplate, causes) => checkPodTemplate(template, 'template', causes),
  'v1/ReplicationController': checkReplicationController,
  'v1/Secret': checkSecret,
  'v1/Service': checkService,
  'v1/ServiceAccount': () => undefined,
  'apps/v1/DaemonSet': checkDaemonSet,
  'apps/v1/Deployment': checkDeployment,
  'apps/v1/ReplicaSet': checkReplicaSet,
  'apps/v1/StatefulSet': checkStatefulSet,
  'batch/v1/CronJob': checkCronJob,
  'batch/v1/Job': checkJob,
  'autoscaling/v1/HorizontalPodAutoscaler': checkHorizontalPodAutoscaler,
  'autoscaling/v2/HorizontalPodAutoscaler': checkHorizontalPodAutoscaler,
  'policy/v1/PodDisruptionBudget': checkPodDisruptionBudget,
  'networking.k8s.io/v1/Ingress': checkIngress,
  'networking.k8s.io/v1/NetworkPolicy': checkNetworkPolicy,
  'discovery.k8s.io/v1/EndpointSlice': checkEndpointSlice,
  'coordination.k8s.io/v1/Lease': checkLease,
  'rbac.authorization.k8s.io/v1/ClusterRole': checkClusterRole,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': checkClusterRoleBinding,
  'rbac.authorization.k8s.io/v1/Role': checkRole,
  'rbac.authorization.k8s.io/v1/RoleBinding': checkRoleBinding,
  'certificates.k8s.io/v1/CertificateSigningRequest': checkCertificateSigningRequest,
  'storage.k8s.io/v1/StorageClass': checkStorageClass,
  'scheduling.k8s.io/v1/PriorityClass': checkPriorityClass,
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
  'v1/Secret': checkSecretChange,
  'v1/Service': checkServiceChange,
  'apps/v1/DaemonSet': checkSelectorChange,
  'apps/v1/Deployment': checkSelectorChange,
  'apps/v1/ReplicaSet': checkSelectorChange,
  'apps/v1/StatefulSet': checkStatefulSetChange,
  'batch/v1/Job': checkJobChange,
  'discovery.k8s.io/v1/EndpointSlice': checkEndpointSliceChange,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': checkBindingChange,
  'rbac.authorization.k8s.io/v1/RoleBinding': checkBindingChange,
  'certificates.k8s.io/v1/CertificateSigningRequest': checkCertificateSigningRequestChange,
  'storage.k8s.io/v1/StorageClass': checkStorageClassChange,
  'scheduling.k8s.io/v1/PriorityClass': checkPriorityClassChange,
  'apiextensions.k8s.io/v1/CustomResourceDefinition': checkCustomResourceDefinitionChange,
};
