import type { Kind } from '../kind.ts';
import { bindingPrinter, certificateSigningRequestPrinter, leasePrinter, podDisruptionBudgetPrinter, priorityClassPrinter, runtimeClassPrinter } from './access.ts';
import { horizontalPodAutoscalerPrinter, horizontalPodAutoscalerV1Printer, scalePrinter } from './autoscaling.ts';
import {
  componentStatusPrinter, configMapPrinter, endpointsPrinter, eventPrinter, namespacePrinter, newEventPrinter, resourceQuotaPrinter, secretPrinter,
  serviceAccountPrinter, servicePrinter,
} from './core.ts';
import {
  apiServicePrinter, flowSchemaPrinter, mutatingPolicyPrinter, plainPrinter, policyBindingPrinter, priorityLevelPrinter, resourceClaimPrinter, resourceSlicePrinter,
  validatingPolicyPrinter, webhookPrinter,
} from './extension.ts';
import { endpointSlicePrinter, ingressClassPrinter, ingressPrinter, ipAddressPrinter, networkPolicyPrinter, serviceCidrPrinter } from './network.ts';
import { nodePrinter } from './node.ts';
import { podPrinter, podTemplatePrinter } from './pod.ts';
import {
  csiDriverPrinter, csiNodePrinter, csiStorageCapacityPrinter, persistentVolumeClaimPrinter, persistentVolumePrinter, storageClassPrinter,
  volumeAttachmentPrinter, volumeAttributesClassPrinter,
} from './storage.ts';
import { column, nameColumn, nameOf, type Named, type Printer } from './table.ts';
import {
  controllerRevisionPrinter, cronJobPrinter, daemonSetPrinter, deploymentPrinter, jobPrinter, replicaSetPrinter, replicationControllerPrinter, statefulSetPrinter,
} from './workloads.ts';

/** Kinds without a printer of their own, and custom kinds without additional columns. */
export const fallbackPrinter: Printer<Named> = {
  columns: [nameColumn, column('Created At', 'when the object was created', 'date')],
  row: (object) => [nameOf(object), object.metadata.creationTimestamp ?? ''],
};

const printers: Readonly<Record<string, Printer>> = {
  'v1/ComponentStatus': componentStatusPrinter,
  'v1/ConfigMap': configMapPrinter,
  'v1/Endpoints': endpointsPrinter,
  'v1/Event': eventPrinter,
  'v1/Namespace': namespacePrinter,
  'v1/Node': nodePrinter,
  'v1/PersistentVolume': persistentVolumePrinter,
  'v1/PersistentVolumeClaim': persistentVolumeClaimPrinter,
  'v1/Pod': podPrinter,
  'v1/PodTemplate': podTemplatePrinter,
  'v1/ReplicationController': replicationControllerPrinter,
  'v1/ResourceQuota': resourceQuotaPrinter,
  'v1/Secret': secretPrinter,
  'v1/Service': servicePrinter,
  'v1/ServiceAccount': serviceAccountPrinter,
  'apps/v1/ControllerRevision': controllerRevisionPrinter,
  'apps/v1/DaemonSet': daemonSetPrinter,
  'apps/v1/Deployment': deploymentPrinter,
  'apps/v1/ReplicaSet': replicaSetPrinter,
  'apps/v1/StatefulSet': statefulSetPrinter,
  'batch/v1/CronJob': cronJobPrinter,
  'batch/v1/Job': jobPrinter,
  'autoscaling/v1/HorizontalPodAutoscaler': horizontalPodAutoscalerV1Printer,
  'autoscaling/v1/Scale': scalePrinter,
  'autoscaling/v2/HorizontalPodAutoscaler': horizontalPodAutoscalerPrinter,
  'policy/v1/PodDisruptionBudget': podDisruptionBudgetPrinter,
  'networking.k8s.io/v1/Ingress': ingressPrinter,
  'networking.k8s.io/v1/IngressClass': ingressClassPrinter,
  'networking.k8s.io/v1/IPAddress': ipAddressPrinter,
  'networking.k8s.io/v1/NetworkPolicy': networkPolicyPrinter,
  'networking.k8s.io/v1/ServiceCIDR': serviceCidrPrinter,
  'discovery.k8s.io/v1/EndpointSlice': endpointSlicePrinter,
  'events.k8s.io/v1/Event': newEventPrinter,
  'coordination.k8s.io/v1/Lease': leasePrinter,
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': bindingPrinter,
  'rbac.authorization.k8s.io/v1/RoleBinding': bindingPrinter,
  'certificates.k8s.io/v1/CertificateSigningRequest': certificateSigningRequestPrinter,
  'storage.k8s.io/v1/CSIDriver': csiDriverPrinter,
  'storage.k8s.io/v1/CSINode': csiNodePrinter,
  'storage.k8s.io/v1/CSIStorageCapacity': csiStorageCapacityPrinter,
  'storage.k8s.io/v1/StorageClass': storageClassPrinter,
  'storage.k8s.io/v1/VolumeAttachment': volumeAttachmentPrinter,
  'storage.k8s.io/v1/VolumeAttributesClass': volumeAttributesClassPrinter,
  'scheduling.k8s.io/v1/PriorityClass': priorityClassPrinter,
  'node.k8s.io/v1/RuntimeClass': runtimeClassPrinter,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy': mutatingPolicyPrinter,
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding': policyBindingPrinter,
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration': webhookPrinter,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy': validatingPolicyPrinter,
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding': policyBindingPrinter,
  'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration': webhookPrinter,
  'apiregistration.k8s.io/v1/APIService': apiServicePrinter,
  'flowcontrol.apiserver.k8s.io/v1/FlowSchema': flowSchemaPrinter,
  'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration': priorityLevelPrinter,
  'resource.k8s.io/v1/DeviceClass': plainPrinter,
  'resource.k8s.io/v1/ResourceClaim': resourceClaimPrinter,
  'resource.k8s.io/v1/ResourceClaimTemplate': plainPrinter,
  'resource.k8s.io/v1/ResourceSlice': resourceSlicePrinter,
};

/** How objects of this kind are printed; name and creation time for kinds without a form of their own. */
export function printerOf(kind: Kind): Printer<object> {
  return (printers[`${kind.apiVersion}/${kind.kind}`] ?? fallbackPrinter) as Printer<object>;
}
