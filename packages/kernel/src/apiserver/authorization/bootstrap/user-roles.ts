import type { ClusterRole } from '@keelson/api/rbac/v1';
import { aggregatedRole, clusterRole, type RuleLine } from './notation.ts';

const to = (role: string) => `rbac.authorization.k8s.io/aggregate-to-${role}`;
const read = 'get list watch';
const write = 'create delete deletecollection patch update';
const all = `${read} ${write}`;

const adminLines: readonly RuleLine[] = [
  'create | authorization.k8s.io | localsubjectaccessreviews',
  `${all} | rbac.authorization.k8s.io | rolebindings roles`,
];

const editLines: readonly RuleLine[] = [
  `${read} | core | pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy`,
  'impersonate | core | serviceaccounts',
  `${write} | core | pods pods/attach pods/exec pods/portforward pods/proxy`,
  'create | core | pods/eviction',
  `${write} | core | configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy`,
  'create | core | serviceaccounts/token',
  `${write} | apps | daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale`,
  `${write} | autoscaling | horizontalpodautoscalers`,
  `${write} | batch | cronjobs jobs`,
  `${write} | extensions | daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale`,
  `${write} | policy | poddisruptionbudgets`,
  `${write} | networking.k8s.io | ingresses networkpolicies`,
  `${all} | coordination.k8s.io | leases`,
  `${write} | resource.k8s.io | resourceclaims resourceclaimtemplates`,
];

const viewLines: readonly RuleLine[] = [
  `${read} | core | configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status`,
  `${read} | core | bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status`,
  `${read} | core | namespaces`,
  `${read} | discovery.k8s.io | endpointslices`,
  `${read} | apps | controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status`,
  `${read} | autoscaling | horizontalpodautoscalers horizontalpodautoscalers/status`,
  `${read} | batch | cronjobs cronjobs/status jobs jobs/status`,
  `${read} | extensions | daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale`,
  `${read} | policy | poddisruptionbudgets poddisruptionbudgets/status`,
  `${read} | networking.k8s.io | ingresses ingresses/status networkpolicies`,
  `${read} | resource.k8s.io | resourceclaims resourceclaims/status resourceclaimtemplates`,
];

/** Roles for people: cluster-admin, and admin, edit and view with what aggregates into them. */
export function userRoles(): readonly ClusterRole[] {
  return [
    clusterRole('cluster-admin', ['* | * | *', '* | url | *']),
    aggregatedRole('admin', to('admin')),
    aggregatedRole('edit', to('edit'), { [to('admin')]: 'true' }),
    aggregatedRole('view', to('view'), { [to('edit')]: 'true' }),
    clusterRole('system:aggregate-to-admin', adminLines, { [to('admin')]: 'true' }),
    clusterRole('system:aggregate-to-edit', editLines, { [to('edit')]: 'true' }),
    clusterRole('system:aggregate-to-view', viewLines, { [to('view')]: 'true' }),
  ];
}
