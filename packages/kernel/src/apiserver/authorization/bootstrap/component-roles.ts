import type { ClusterRole } from '@keelson/api/rbac/v1';
import { clusterRole, type RuleLine } from './notation.ts';

const read = 'get list watch';
/** Every component reports events. */
export const eventLine: RuleLine = 'create patch update | core events.k8s.io | events';

const signer = (name: string): readonly RuleLine[] => [`approve | certificates.k8s.io | signers | kubernetes.io/${name}`];

/** Rules of the server's own components and of callers that every cluster has, by role name. */
const lines: Readonly<Record<string, readonly RuleLine[]>> = {
  'system:discovery': ['get | url | /api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/'],
  'system:public-info-viewer': ['get | url | /healthz /livez /readyz /version /version/'],
  'system:monitoring': ['get | url | /healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*'],
  'system:service-account-issuer-discovery': ['get | url | /.well-known/openid-configuration /openid/v1/jwks'],
  'system:basic-user': [
    'create | authorization.k8s.io | selfsubjectaccessreviews selfsubjectrulesreviews',
    'create | authentication.k8s.io | selfsubjectreviews',
  ],
  'system:auth-delegator': ['create | authentication.k8s.io | tokenreviews', 'create | authorization.k8s.io | subjectaccessreviews'],
  'system:heapster': [`${read} | core | events namespaces nodes pods`, `${read} | extensions | deployments`],
  'system:kube-aggregator': [`${read} | core | endpoints services`],
  'system:kube-dns': ['list watch | core | endpoints services'],
  'system:kubelet-api-admin': [
    `${read} | core | nodes`,
    'proxy | core | nodes',
    '* | core | nodes/log nodes/metrics nodes/proxy nodes/stats',
  ],
  'system:node-bootstrapper': [`create ${read} | certificates.k8s.io | certificatesigningrequests`],
  'system:node-problem-detector': ['get | core | nodes', 'patch | core | nodes/status', eventLine],
  'system:node-proxier': [
    'list watch | core | endpoints services',
    `${read} | core | nodes`,
    eventLine,
    'list watch | discovery.k8s.io | endpointslices',
    'list watch | networking.k8s.io | servicecidrs',
  ],
  'system:persistent-volume-provisioner': [
    `create delete ${read} | core | persistentvolumes`,
    `${read} update | core | persistentvolumeclaims`,
    `${read} | storage.k8s.io | storageclasses`,
    'watch | core | events',
    eventLine,
  ],
  'system:volume-scheduler': [
    `${read} patch update | core | persistentvolumes`,
    `${read} | storage.k8s.io | storageclasses`,
    `${read} patch update | core | persistentvolumeclaims`,
  ],
  'system:kube-controller-manager': [
    eventLine,
    'create | coordination.k8s.io | leases',
    'get update | coordination.k8s.io | leases | kube-controller-manager',
    'create | core | secrets serviceaccounts',
    'delete | core | secrets',
    'get | core | configmaps namespaces secrets serviceaccounts',
    'update | core | secrets serviceaccounts',
    'create | authentication.k8s.io | tokenreviews',
    'create | authorization.k8s.io | subjectaccessreviews',
    'list watch | * | *',
    'create | core | serviceaccounts/token',
  ],
  'system:kube-scheduler': [
    eventLine,
    'create | coordination.k8s.io | leases',
    'get update | coordination.k8s.io | leases | kube-scheduler',
    `${read} | core | nodes`,
    `delete ${read} | core | pods`,
    'create | core | bindings pods/binding',
    'patch update | core | pods/status',
    `${read} | core | replicationcontrollers services`,
    `${read} | apps extensions | replicasets`,
    `${read} | apps | statefulsets`,
    `${read} | policy | poddisruptionbudgets`,
    `${read} | core | persistentvolumeclaims persistentvolumes`,
    'create | authentication.k8s.io | tokenreviews',
    'create | authorization.k8s.io | subjectaccessreviews',
    `${read} | storage.k8s.io | csinodes`,
    `${read} | core | namespaces`,
    `${read} | storage.k8s.io | csidrivers`,
    `${read} | storage.k8s.io | csistoragecapacities`,
    `${read} | resource.k8s.io | deviceclasses resourceclaims resourceslices`,
    'patch update | resource.k8s.io | resourceclaims resourceclaims/status',
    'update | core | pods/finalizers',
  ],
  'system:node': [
    'create | authentication.k8s.io | tokenreviews',
    'create | authorization.k8s.io | localsubjectaccessreviews subjectaccessreviews',
    `${read} | core | services`,
    `create ${read} | core | nodes`,
    'patch update | core | nodes/status',
    'patch update | core | nodes',
    'create patch update | core | events',
    `${read} | core | pods`,
    'create delete | core | pods',
    'patch update | core | pods/status',
    'create | core | pods/eviction',
    `${read} | core | configmaps secrets`,
    'get | core | persistentvolumeclaims persistentvolumes',
    'get | core | endpoints',
    `create ${read} | certificates.k8s.io | certificatesigningrequests`,
    'create delete get patch update | coordination.k8s.io | leases',
    'get | storage.k8s.io | volumeattachments',
    'create | core | serviceaccounts/token',
    'get patch update | core | persistentvolumeclaims/status',
    `${read} | storage.k8s.io | csidrivers`,
    'create delete get patch update | storage.k8s.io | csinodes',
    `${read} | node.k8s.io | runtimeclasses`,
    'get | resource.k8s.io | resourceclaims',
    `create delete deletecollection ${read} patch update | resource.k8s.io | resourceslices`,
  ],
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': ['create | certificates.k8s.io | certificatesigningrequests/nodeclient'],
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': ['create | certificates.k8s.io | certificatesigningrequests/selfnodeclient'],
  'system:certificates.k8s.io:kube-apiserver-client-approver': signer('kube-apiserver-client'),
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': signer('kube-apiserver-client-kubelet'),
  'system:certificates.k8s.io:kubelet-serving-approver': signer('kubelet-serving'),
  'system:certificates.k8s.io:legacy-unknown-approver': signer('legacy-unknown'),
};

/** ClusterRoles of components, nodes and generally known callers. */
export function componentRoles(): readonly ClusterRole[] {
  return Object.entries(lines).map(([name, rules]) => clusterRole(name, rules));
}
