import type { ClusterRole, ClusterRoleBinding } from '@keelson/api/rbac/v1';
import { eventLine } from './component-roles.ts';
import { clusterRole, clusterRoleBinding, serviceAccount, type RuleLine } from './notation.ts';

const read = 'get list watch';

/** Rules of upstream's controllers by the name of their service account in kube-system. */
const lines: Readonly<Record<string, readonly RuleLine[]>> = {
  'attachdetach-controller': [
    'list watch | core | persistentvolumeclaims persistentvolumes', `${read} | core | nodes`, 'patch update | core | nodes/status', 'list watch | core | pods',
    eventLine, `create delete ${read} | storage.k8s.io | volumeattachments`, `${read} | storage.k8s.io | csidrivers`, `${read} | storage.k8s.io | csinodes`,
  ],
  'clusterrole-aggregation-controller': [`escalate ${read} patch update | rbac.authorization.k8s.io | clusterroles`],
  'cronjob-controller': [
    `${read} update | batch | cronjobs`, `create delete ${read} patch update | batch | jobs`, 'update | batch | cronjobs/status',
    'update | batch | cronjobs/finalizers', 'delete list watch | core | pods', eventLine,
  ],
  'daemon-set-controller': [
    `${read} | apps extensions | daemonsets`, 'update | apps extensions | daemonsets/status', 'update | apps extensions | daemonsets/finalizers',
    'list watch | core | nodes', 'create delete list patch watch | core | pods', 'create | core | pods/binding',
    `create delete ${read} patch update | apps | controllerrevisions`, eventLine,
  ],
  'deployment-controller': [
    `${read} update | apps extensions | deployments`, 'update | apps extensions | deployments/status', 'update | apps extensions | deployments/finalizers',
    `create delete ${read} patch update | apps extensions | replicasets`, `${read} update | core | pods`, eventLine,
  ],
  'device-taint-eviction-controller': [
    `delete ${read} | core | pods`, 'patch update | core | pods/status', `${read} | resource.k8s.io | resourceclaims`, `${read} | resource.k8s.io | resourceslices`,
    `${read} | resource.k8s.io | deviceclasses`, `${read} | resource.k8s.io | devicetaintrules`, eventLine,
  ],
  'disruption-controller': [
    `${read} | apps extensions | deployments`, `${read} | apps extensions | replicasets`, `${read} | core | replicationcontrollers`,
    `${read} | policy | poddisruptionbudgets`, `${read} | apps | statefulsets`, 'update | policy | poddisruptionbudgets/status',
    'patch update | core | pods/status', 'get | * | */scale', eventLine,
  ],
  'endpoint-controller': [`${read} | core | pods services`, `create delete ${read} update | core | endpoints`, 'create | core | endpoints/restricted', eventLine],
  'endpointslice-controller': [
    `${read} | core | nodes pods services`, 'update | core | services/finalizers', `create delete ${read} update | discovery.k8s.io | endpointslices`, eventLine,
  ],
  'endpointslicemirroring-controller': [
    `${read} | core | endpoints services`, 'update | core | services/finalizers', 'update | core | endpoints/finalizers',
    `create delete ${read} update | discovery.k8s.io | endpointslices`, eventLine,
  ],
  'ephemeral-volume-controller': [`${read} | core | pods`, 'update | core | pods/finalizers', `create ${read} | core | persistentvolumeclaims`, eventLine],
  'expand-controller': [
    `${read} patch update | core | persistentvolumes`, 'patch update | core | persistentvolumeclaims/status', `${read} | core | persistentvolumeclaims`, eventLine,
    'get | core | services',
  ],
  'generic-garbage-collector': [`delete ${read} patch update | * | *`, eventLine],
  'horizontal-pod-autoscaler': [
    `${read} | autoscaling | horizontalpodautoscalers`, 'update | autoscaling | horizontalpodautoscalers/status', 'get update | * | */scale', 'list watch | core | pods',
    'list watch | metrics.k8s.io | pods', `${read} | custom.metrics.k8s.io | *`, `${read} | external.metrics.k8s.io | *`, eventLine,
  ],
  'job-controller': [
    `${read} patch update | batch | jobs`, 'update | batch | jobs/status', 'update | batch | jobs/finalizers', 'create delete list patch watch | core | pods', eventLine,
  ],
  'legacy-service-account-token-cleaner': ['get | core | configmaps | kube-apiserver-legacy-service-account-token-tracking', 'delete patch | core | secrets'],
  'namespace-controller': [`delete ${read} | core | namespaces`, 'update | core | namespaces/finalize namespaces/status', `delete deletecollection ${read} | * | *`],
  'node-controller': [
    `delete ${read} patch update | core | nodes`, 'patch update | core | nodes/status', 'patch update | core | pods/status', `delete ${read} | core | pods`, eventLine,
  ],
  'persistent-volume-binder': [
    `create delete ${read} update | core | persistentvolumes`, 'update | core | persistentvolumes/status', `${read} update | core | persistentvolumeclaims`,
    'update | core | persistentvolumeclaims/status', `create delete ${read} | core | pods`, `${read} | storage.k8s.io | storageclasses`, 'list watch | core | nodes',
    eventLine, 'watch | core | events', 'get | core | services',
  ],
  'pod-garbage-collector': ['delete list watch | core | pods', `${read} | core | nodes`, 'patch | core | pods/status'],
  'pv-protection-controller': [`${read} update | core | persistentvolumes`, eventLine],
  'pvc-protection-controller': [`${read} update | core | persistentvolumeclaims`, `${read} | core | pods`, eventLine],
  'replicaset-controller': [
    `${read} update | apps extensions | replicasets`, 'update | apps extensions | replicasets/status', 'update | apps extensions | replicasets/finalizers',
    'create delete list patch watch | core | pods', eventLine,
  ],
  'replication-controller': [
    `${read} update | core | replicationcontrollers`, 'update | core | replicationcontrollers/status', 'update | core | replicationcontrollers/finalizers',
    'create delete list patch watch | core | pods', eventLine,
  ],
  'resource-claim-controller': [
    `${read} | core | pods`, 'update | core | pods/finalizers', `create delete ${read} | resource.k8s.io | resourceclaims`,
    'patch update | resource.k8s.io | resourceclaims resourceclaims/status', 'patch update | core | pods/status', eventLine,
  ],
  'resourcequota-controller': ['list watch | * | *', 'update | core | resourcequotas/status', eventLine],
  'root-ca-cert-publisher': ['create update | core | configmaps', eventLine],
  'route-controller': ['list watch | core | nodes', 'patch | core | nodes/status', eventLine],
  'selinux-warning-controller': [
    eventLine, `${read} | core | persistentvolumes`, `${read} | core | persistentvolumeclaims`, `${read} | core | pods`, `${read} | storage.k8s.io | csidrivers`,
  ],
  'service-account-controller': ['create | core | serviceaccounts', eventLine],
  'service-cidrs-controller': [
    `${read} patch update | networking.k8s.io | servicecidrs`, 'patch update | networking.k8s.io | servicecidrs/finalizers',
    'patch update | networking.k8s.io | servicecidrs/status', `${read} | networking.k8s.io | ipaddresses`, eventLine,
  ],
  'service-controller': [`${read} | core | services`, 'patch update | core | services/status', 'list watch | core | nodes', eventLine],
  'statefulset-controller': [
    'list watch | core | pods', `${read} | apps | statefulsets`, 'update | apps | statefulsets/status', 'update | apps | statefulsets/finalizers',
    'create delete get patch update | core | pods', `create delete ${read} patch update | apps | controllerrevisions`,
    `create ${read} | core | persistentvolumeclaims`, 'delete update | core | persistentvolumeclaims', 'update | core | pods/finalizers', eventLine,
  ],
  'ttl-after-finished-controller': [`delete ${read} | batch | jobs`, eventLine],
  'ttl-controller': ['list patch update watch | core | nodes', eventLine],
  'certificate-controller': [
    `delete ${read} | certificates.k8s.io | certificatesigningrequests`,
    'update | certificates.k8s.io | certificatesigningrequests/approval certificatesigningrequests/status',
    'approve | certificates.k8s.io | signers | kubernetes.io/kube-apiserver-client-kubelet',
    'sign | certificates.k8s.io | signers | kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving kubernetes.io/legacy-unknown',
    'create | authorization.k8s.io | subjectaccessreviews', eventLine,
  ],
  'validatingadmissionpolicy-status-controller': [
    `${read} | admissionregistration.k8s.io | validatingadmissionpolicies`, 'get patch update | admissionregistration.k8s.io | validatingadmissionpolicies/status', eventLine,
  ],
  'volumeattributesclass-protection-controller': [
    `${read} | core | persistentvolumeclaims`, `${read} | core | persistentvolumes`, `${read} update | storage.k8s.io | volumeattributesclasses`, eventLine,
  ],
};

const prefix = 'system:controller:';

/** One ClusterRole per controller. */
export function controllerRoles(): readonly ClusterRole[] {
  return Object.entries(lines).map(([name, rules]) => clusterRole(prefix + name, rules));
}

/** Each bound to the controller's service account. */
export function controllerBindings(): readonly ClusterRoleBinding[] {
  return Object.keys(lines).map((name) => clusterRoleBinding(prefix + name, prefix + name, [serviceAccount('kube-system', name)]));
}
