import type { Kind } from '../kind.ts';

/** What the server may do with objects of a kind beyond the plain verbs. */
export interface Traits {
  /** Status is written through its subresource only. */
  readonly status: boolean;
  /** metadata.generation counts changes of the desired state. */
  readonly generation: boolean;
  /** A PUT to a name that does not exist creates the object. */
  readonly createOnUpdate: boolean;
  /** An update without resourceVersion overwrites whatever is stored. */
  readonly unconditionalUpdate: boolean;
  /** Deletion waits for a node agent: seconds are taken from the object. */
  readonly gracefulDeletion: boolean;
  /** A status update may not touch labels, annotations, owners and finalizers. */
  readonly statusKeepsMetadata: boolean;
}

const generation = new Set([
  'v1/Pod', 'v1/PodTemplate', 'v1/ReplicationController', 'apps/v1/DaemonSet', 'apps/v1/Deployment', 'apps/v1/ReplicaSet', 'apps/v1/StatefulSet',
  'batch/v1/CronJob', 'batch/v1/Job', 'policy/v1/PodDisruptionBudget', 'networking.k8s.io/v1/Ingress', 'networking.k8s.io/v1/IngressClass',
  'networking.k8s.io/v1/NetworkPolicy', 'discovery.k8s.io/v1/EndpointSlice', 'scheduling.k8s.io/v1/PriorityClass', 'storage.k8s.io/v1/CSIDriver',
  'flowcontrol.apiserver.k8s.io/v1/FlowSchema', 'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration', 'resource.k8s.io/v1/DeviceClass',
  'resource.k8s.io/v1/ResourceSlice', 'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy', 'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration', 'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding', 'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/v1/CustomResourceDefinition',
]);

const createOnUpdate = new Set([
  'v1/Endpoints', 'v1/Event', 'v1/LimitRange', 'v1/Service', 'coordination.k8s.io/v1/Lease', 'events.k8s.io/v1/Event',
  'rbac.authorization.k8s.io/v1/ClusterRole', 'rbac.authorization.k8s.io/v1/ClusterRoleBinding',
  'rbac.authorization.k8s.io/v1/Role', 'rbac.authorization.k8s.io/v1/RoleBinding',
]);

const conditionalUpdate = new Set([
  'policy/v1/PodDisruptionBudget', 'coordination.k8s.io/v1/Lease', 'node.k8s.io/v1/RuntimeClass', 'storage.k8s.io/v1/CSIDriver',
  'storage.k8s.io/v1/CSINode', 'storage.k8s.io/v1/CSIStorageCapacity', 'storage.k8s.io/v1/VolumeAttachment',
  'flowcontrol.apiserver.k8s.io/v1/FlowSchema', 'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration',
  'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy', 'admissionregistration.k8s.io/v1/MutatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/v1/MutatingWebhookConfiguration', 'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding', 'admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/v1/CustomResourceDefinition', 'apiregistration.k8s.io/v1/APIService',
]);

const statusKeepsMetadata = new Set([
  'apiextensions.k8s.io/v1/CustomResourceDefinition', 'apiregistration.k8s.io/v1/APIService', 'resource.k8s.io/v1/ResourceClaim',
  'storage.k8s.io/v1/VolumeAttachment', 'admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy',
]);

const known = new WeakMap<Kind, Traits>();

/** Traits of a kind; a custom kind (no definition) counts generations and never updates unconditionally. */
export function traitsOf(kind: Kind): Traits {
  let traits = known.get(kind);
  if (traits === undefined) {
    traits = makeTraits(kind);
    known.set(kind, traits);
  }
  return traits;
}

function makeTraits(kind: Kind): Traits {
  const id = `${kind.apiVersion}/${kind.kind}`;
  const custom = kind.definition === '';
  return {
    status: kind.subresources.some(({ name }) => name === 'status'),
    generation: custom || generation.has(id),
    createOnUpdate: createOnUpdate.has(id),
    unconditionalUpdate: !custom && !conditionalUpdate.has(id),
    gracefulDeletion: id === 'v1/Pod',
    statusKeepsMetadata: custom || statusKeepsMetadata.has(id),
  };
}
