// Which API package each client-node model belongs to. The model names carry only the version, so a model is given
// to the first package, in this order, whose root models reach it: meta types first, then core (which refers to no
// other group), then the groups that build on core.

/** @typedef {{ package: string, module: string, roots: string[] }} ApiPackage */

const lists = (...kinds) => kinds.flatMap((kind) => [kind, `${kind}List`]);
const v1 = (names) => names.map((name) => (/V\d/.test(name) ? name : `V1${name}`));

/** @type {ApiPackage[]} */
export const apiPackages = [
  {
    package: 'io.k8s.apimachinery.pkg.version',
    module: 'version',
    roots: ['VersionInfo'],
  },
  {
    package: 'io.k8s.apimachinery.pkg.apis.meta.v1',
    module: 'meta-v1',
    roots: v1([
      'ObjectMeta', 'ListMeta', 'Status', 'DeleteOptions', 'LabelSelector', 'Condition', 'GroupResource', 'WatchEvent',
      'APIGroup', 'APIGroupList', 'APIResource', 'APIResourceList', 'APIVersions', 'FieldSelectorRequirement',
    ]),
  },
  {
    package: 'io.k8s.api.core.v1',
    module: 'core-v1',
    roots: [
      ...v1(
        lists(
          'ComponentStatus', 'ConfigMap', 'Endpoints', 'LimitRange', 'Namespace', 'Node', 'PersistentVolume',
          'PersistentVolumeClaim', 'Pod', 'PodTemplate', 'ReplicationController', 'ResourceQuota', 'Secret', 'Service',
          'ServiceAccount',
        ),
      ),
      'CoreV1Event', 'CoreV1EventList', 'V1Binding', 'V1TopologySelectorTerm',
    ],
  },
  { package: 'io.k8s.api.apps.v1', module: 'apps-v1', roots: v1(lists('ControllerRevision', 'DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet')) },
  { package: 'io.k8s.api.batch.v1', module: 'batch-v1', roots: v1(lists('CronJob', 'Job')) },
  { package: 'io.k8s.api.authentication.v1', module: 'authentication-v1', roots: v1(['AuthenticationV1TokenRequest', 'TokenReview', 'SelfSubjectReview']) },
  {
    package: 'io.k8s.api.authorization.v1',
    module: 'authorization-v1',
    roots: v1(['LocalSubjectAccessReview', 'SelfSubjectAccessReview', 'SelfSubjectRulesReview', 'SubjectAccessReview']),
  },
  { package: 'io.k8s.api.autoscaling.v1', module: 'autoscaling-v1', roots: v1([...lists('HorizontalPodAutoscaler'), 'Scale']) },
  { package: 'io.k8s.api.autoscaling.v2', module: 'autoscaling-v2', roots: ['V2HorizontalPodAutoscaler', 'V2HorizontalPodAutoscalerList'] },
  { package: 'io.k8s.api.certificates.v1', module: 'certificates-v1', roots: v1(lists('CertificateSigningRequest')) },
  { package: 'io.k8s.api.coordination.v1', module: 'coordination-v1', roots: v1(lists('Lease')) },
  { package: 'io.k8s.api.discovery.v1', module: 'discovery-v1', roots: v1(lists('EndpointSlice')) },
  { package: 'io.k8s.api.events.v1', module: 'events-v1', roots: ['EventsV1Event', 'EventsV1EventList'] },
  { package: 'io.k8s.api.flowcontrol.v1', module: 'flowcontrol-v1', roots: v1(lists('FlowSchema', 'PriorityLevelConfiguration')) },
  {
    package: 'io.k8s.api.networking.v1',
    module: 'networking-v1',
    roots: v1(lists('Ingress', 'IngressClass', 'IPAddress', 'NetworkPolicy', 'ServiceCIDR')),
  },
  { package: 'io.k8s.api.node.v1', module: 'node-v1', roots: v1(lists('RuntimeClass')) },
  { package: 'io.k8s.api.policy.v1', module: 'policy-v1', roots: v1(['Eviction', ...lists('PodDisruptionBudget')]) },
  { package: 'io.k8s.api.rbac.v1', module: 'rbac-v1', roots: v1(lists('ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding')) },
  {
    package: 'io.k8s.api.resource.v1',
    module: 'resource-v1',
    roots: ['ResourceV1ResourceClaim', 'V1ResourceClaimList', ...v1(lists('DeviceClass', 'ResourceClaimTemplate', 'ResourceSlice'))],
  },
  { package: 'io.k8s.api.scheduling.v1', module: 'scheduling-v1', roots: v1(lists('PriorityClass')) },
  {
    package: 'io.k8s.api.storage.v1',
    module: 'storage-v1',
    roots: [
      ...v1(lists('CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment', 'VolumeAttributesClass')),
      'V1CSIStorageCapacity', 'V1CSIStorageCapacityList',
    ],
  },
  {
    package: 'io.k8s.api.admissionregistration.v1',
    module: 'admissionregistration-v1',
    roots: v1(
      lists(
        'MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'MutatingWebhookConfiguration',
        'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding', 'ValidatingWebhookConfiguration',
      ),
    ),
  },
  {
    package: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
    module: 'apiextensions-v1',
    roots: v1(lists('CustomResourceDefinition')),
  },
  {
    package: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
    module: 'apiregistration-v1',
    roots: v1(lists('APIService')),
  },
];

/** Type name without the group and version prefix that client-node puts before it. */
export function shortName(model) {
  return model === 'VersionInfo' ? 'Info' : model.replace(/^[A-Z]?[A-Za-z]*?V\d+/, '');
}
