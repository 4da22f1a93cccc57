import * as coreV1 from './core/v1/index.ts';
import * as appsV1 from './apps/v1/index.ts';
import * as batchV1 from './batch/v1/index.ts';
import * as autoscalingV1 from './autoscaling/v1/index.ts';
import * as autoscalingV2 from './autoscaling/v2/index.ts';
import * as policyV1 from './policy/v1/index.ts';
import * as networkingV1 from './networking/v1/index.ts';
import * as discoveryV1 from './discovery/v1/index.ts';
import * as eventsV1 from './events/v1/index.ts';
import * as coordinationV1 from './coordination/v1/index.ts';
import * as rbacV1 from './rbac/v1/index.ts';
import * as authenticationV1 from './authentication/v1/index.ts';
import * as authorizationV1 from './authorization/v1/index.ts';
import * as certificatesV1 from './certificates/v1/index.ts';
import * as storageV1 from './storage/v1/index.ts';
import * as schedulingV1 from './scheduling/v1/index.ts';
import * as nodeV1 from './node/v1/index.ts';
import * as admissionregistrationV1 from './admissionregistration/v1/index.ts';
import * as apiextensionsV1 from './apiextensions/v1/index.ts';
import * as apiregistrationV1 from './apiregistration/v1/index.ts';
import * as flowcontrolV1 from './flowcontrol/v1/index.ts';
import * as resourceV1 from './resource/v1/index.ts';
import type { Kind } from './kind.ts';

/** In the order of discovery documents: core first, then groups as upstream's server prefers them. */
const kinds: readonly Kind[] = Object.freeze([
  coreV1.Binding, coreV1.ComponentStatus, coreV1.ConfigMap, coreV1.Endpoints, coreV1.Event, coreV1.LimitRange,
  coreV1.Namespace, coreV1.Node, coreV1.PersistentVolume, coreV1.PersistentVolumeClaim, coreV1.Pod, coreV1.PodTemplate,
  coreV1.ReplicationController, coreV1.ResourceQuota, coreV1.Secret, coreV1.Service, coreV1.ServiceAccount,
  apiregistrationV1.APIService, appsV1.ControllerRevision, appsV1.DaemonSet, appsV1.Deployment, appsV1.ReplicaSet,
  appsV1.StatefulSet, eventsV1.Event, authenticationV1.SelfSubjectReview, authenticationV1.TokenRequest,
  authenticationV1.TokenReview, authorizationV1.LocalSubjectAccessReview, authorizationV1.SelfSubjectAccessReview,
  authorizationV1.SelfSubjectRulesReview, authorizationV1.SubjectAccessReview, autoscalingV2.HorizontalPodAutoscaler,
  autoscalingV1.HorizontalPodAutoscaler, autoscalingV1.Scale, batchV1.CronJob, batchV1.Job,
  certificatesV1.CertificateSigningRequest, networkingV1.Ingress, networkingV1.IngressClass, networkingV1.IPAddress,
  networkingV1.NetworkPolicy, networkingV1.ServiceCIDR, policyV1.Eviction, policyV1.PodDisruptionBudget,
  rbacV1.ClusterRole, rbacV1.ClusterRoleBinding, rbacV1.Role, rbacV1.RoleBinding, storageV1.CSIDriver,
  storageV1.CSINode, storageV1.CSIStorageCapacity, storageV1.StorageClass, storageV1.VolumeAttachment,
  storageV1.VolumeAttributesClass, admissionregistrationV1.MutatingAdmissionPolicy,
  admissionregistrationV1.MutatingAdmissionPolicyBinding, admissionregistrationV1.MutatingWebhookConfiguration,
  admissionregistrationV1.ValidatingAdmissionPolicy, admissionregistrationV1.ValidatingAdmissionPolicyBinding,
  admissionregistrationV1.ValidatingWebhookConfiguration, apiextensionsV1.CustomResourceDefinition,
  schedulingV1.PriorityClass, coordinationV1.Lease, nodeV1.RuntimeClass, discoveryV1.EndpointSlice,
  resourceV1.DeviceClass, resourceV1.ResourceClaim, resourceV1.ResourceClaimTemplate, resourceV1.ResourceSlice,
  flowcontrolV1.FlowSchema, flowcontrolV1.PriorityLevelConfiguration,
]);

/** All built-in kinds, subresource bodies (empty `verbs`) included. */
export function builtinKinds(): readonly Kind[] {
  return kinds;
}

const index = new Map<string, Kind>();
for (const kind of kinds) {
  index.set(indexKey(kind.group, kind.version, kind.kind), kind);
  if (kind.verbs.length > 0) index.set(indexKey(kind.group, kind.version, kind.plural), kind);
}

/** The built-in kind by kind name or by plural resource name; undefined when there is none. */
export function findKind(group: string, version: string, kindOrPlural: string): Kind | undefined {
  return index.get(indexKey(group, version, kindOrPlural));
}

function indexKey(group: string, version: string, name: string): string {
  return `${group}/${version}/${name}`;
}

/** The kind whose form objects of `kind` are stored in; `kind` itself for most. */
export function storageKind(kind: Kind): Kind {
  const { group, version } = kind.storage;
  if (group === kind.group && version === kind.version) return kind;
  const stored = findKind(group, version, kind.kind);
  if (stored === undefined) throw new Error(`kind ${kind.kind} of ${kind.apiVersion} is stored as ${group}/${version}, which is not a built-in version`);
  return stored;
}
