import type { ClusterRole } from '@keelson/api/rbac/v1';
import { authenticatedGroup, mastersGroup, serviceAccountsGroup, unauthenticatedGroup } from '../../authentication/identity.ts';
import { effectiveRules } from '../aggregation.ts';
import { componentRoles, eventLine } from './component-roles.ts';
import { controllerBindings, controllerRoles } from './controller-roles.ts';
import { clusterRoleBinding, group, role, roleBinding, serviceAccount, user, type BootstrapObject } from './notation.ts';
import { userRoles } from './user-roles.ts';

const system = 'kube-system';
const manager = user('system:kube-controller-manager');
const scheduler = user('system:kube-scheduler');

/**
 * Every default role and binding, made anew by each call; aggregated roles come with the rules they have at first
 * boot. Nothing is built before the call.
 */
export function bootstrapPolicy(): readonly BootstrapObject[] {
  const clusterRoles = [...userRoles(), ...componentRoles(), ...controllerRoles()];
  return [...clusterRoles.map((made) => withRules(made, clusterRoles)), ...clusterBindings(), ...controllerBindings(), ...namespaced()];
}

function withRules(made: ClusterRole, all: readonly ClusterRole[]): ClusterRole {
  return made.aggregationRule === undefined ? made : { ...made, rules: [...effectiveRules(made, all)] };
}

function clusterBindings(): readonly BootstrapObject[] {
  const bind = (name: string, ...subjects: Parameters<typeof clusterRoleBinding>[2]) => clusterRoleBinding(name, name, subjects);
  return [
    bind('cluster-admin', group(mastersGroup)),
    bind('system:basic-user', group(authenticatedGroup)),
    bind('system:discovery', group(authenticatedGroup)),
    bind('system:public-info-viewer', group(authenticatedGroup), group(unauthenticatedGroup)),
    bind('system:monitoring', group('system:monitoring')),
    bind('system:service-account-issuer-discovery', group(serviceAccountsGroup)),
    bind('system:kube-controller-manager', manager),
    bind('system:kube-dns', serviceAccount(system, 'kube-dns')),
    bind('system:kube-scheduler', scheduler),
    bind('system:volume-scheduler', scheduler),
    bind('system:node'), // without subjects since nodes have an authorizer of their own upstream
    bind('system:node-proxier', user('system:kube-proxy')),
  ];
}

function namespaced(): readonly BootstrapObject[] {
  const read = 'get list watch';
  const reader = 'extension-apiserver-authentication-reader';
  const lock = (component: string) => `system::leader-locking-${component}`;
  const signer = 'system:controller:bootstrap-signer';
  const own = (name: string) => ({ role: `system:controller:${name}`, subjects: [serviceAccount(system, name)] });
  return [
    role(system, reader, [`${read} | core | configmaps | extension-apiserver-authentication`]),
    role(system, signer, [`${read} | core | secrets`]),
    role(system, 'system:controller:cloud-provider', [`create ${read} | core | configmaps`]),
    role(system, 'system:controller:token-cleaner', [`delete ${read} | core | secrets`, eventLine]),
    role(system, lock('kube-controller-manager'), ['watch | core | configmaps', 'get update | core | configmaps | kube-controller-manager']),
    role(system, lock('kube-scheduler'), ['watch | core | configmaps', 'get update | core | configmaps | kube-scheduler']),
    role('kube-public', signer, [`${read} | core | configmaps`, 'update | core | configmaps | cluster-info', eventLine]),
    roleBinding(system, `system::${reader}`, { role: reader, subjects: [manager, scheduler] }),
    roleBinding(system, lock('kube-controller-manager'), { role: lock('kube-controller-manager'), subjects: [manager, serviceAccount(system, 'kube-controller-manager')] }),
    roleBinding(system, lock('kube-scheduler'), { role: lock('kube-scheduler'), subjects: [scheduler, serviceAccount(system, 'kube-scheduler')] }),
    roleBinding(system, signer, own('bootstrap-signer')),
    roleBinding(system, 'system:controller:cloud-provider', own('cloud-provider')),
    roleBinding(system, 'system:controller:token-cleaner', own('token-cleaner')),
    roleBinding('kube-public', signer, own('bootstrap-signer')),
  ];
}
