import admissionDefaultIngressClass from '@keelson/admission-default-ingress-class';
import admissionDefaultStorageClass from '@keelson/admission-default-storage-class';
import admissionDefaultTolerations from '@keelson/admission-default-tolerations';
import admissionLimitRanger from '@keelson/admission-limit-ranger';
import admissionPriority from '@keelson/admission-priority';
import admissionServiceAccount from '@keelson/admission-service-account';
import admissionTaintNodesByCondition from '@keelson/admission-taint-nodes-by-condition';
import authBootstrapToken from '@keelson/auth-bootstrap-token';
import controllerCsrApproving from '@keelson/controller-csr-approving';
import controllerCsrCleaner from '@keelson/controller-csr-cleaner';
import controllerCsrSigning from '@keelson/controller-csr-signing';
import controllerDeployment from '@keelson/controller-deployment';
import controllerEndpoints from '@keelson/controller-endpoints';
import controllerEndpointslice from '@keelson/controller-endpointslice';
import controllerGarbageCollector from '@keelson/controller-garbage-collector';
import controllerNamespace from '@keelson/controller-namespace';
import controllerNodeLifecycle from '@keelson/controller-node-lifecycle';
import controllerPodGarbageCollector from '@keelson/controller-pod-garbage-collector';
import controllerReplicaset from '@keelson/controller-replicaset';
import controllerRootCaPublisher from '@keelson/controller-root-ca-publisher';
import controllerServiceAccount from '@keelson/controller-service-account';
import controllerServiceAccountToken from '@keelson/controller-service-account-token';
import schedulerBalancedAllocation from '@keelson/scheduler-balanced-allocation';
import schedulerNodeAffinity from '@keelson/scheduler-node-affinity';
import volumeConfigMap from '@keelson/volume-config-map';
import volumeDownwardApi from '@keelson/volume-downward-api';
import volumeEmptyDir from '@keelson/volume-empty-dir';
import volumeHostPath from '@keelson/volume-host-path';
import volumeProjected from '@keelson/volume-projected';
import volumeSecret from '@keelson/volume-secret';
import { defineDistribution } from '../definition.ts';
import { minimal } from './minimal.ts';

/** What users of Kubernetes expect of a cluster; runs containers in simulation unless a distribution replaces that. */
export const standard = defineDistribution({
  name: 'standard',
  version: '0.1.0',
  extends: [minimal],
  plugins: [
    admissionDefaultIngressClass, admissionDefaultStorageClass, admissionDefaultTolerations, admissionLimitRanger,
    admissionPriority, admissionServiceAccount, admissionTaintNodesByCondition,
    authBootstrapToken,
    controllerCsrApproving, controllerCsrCleaner, controllerCsrSigning, controllerDeployment, controllerEndpoints, controllerEndpointslice, controllerGarbageCollector, controllerNamespace,
    controllerNodeLifecycle, controllerPodGarbageCollector, controllerReplicaset, controllerRootCaPublisher, controllerServiceAccount,
    controllerServiceAccountToken,
    schedulerBalancedAllocation, schedulerNodeAffinity,
    volumeConfigMap, volumeDownwardApi, volumeEmptyDir, volumeHostPath, volumeProjected, volumeSecret,
  ],
});
