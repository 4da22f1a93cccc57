import type { KubeObject } from '@keelson/api';
import { ConfigMap, Secret } from '@keelson/api/core/v1';
import { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '@keelson/api/rbac/v1';
import { formatTime } from '@keelson/api/time';
import { newObject } from '@keelson/client';
import { policyRule, type PluginRule } from '@keelson/sdk';

/** A bootstrap token: `id.secret`. */
export interface BootstrapToken {
  readonly id: string;
  readonly secret: string;
}

/** Group of those who join by a token; kubeadm's. */
export const joiningGroup = 'system:bootstrappers:kubeadm:default-node-token';

const apiGroup = 'rbac.authorization.k8s.io';
const group = (name: string) => ({ apiGroup, kind: 'Group', name });
const toRole = (name: string) => ({ apiGroup, kind: 'ClusterRole', name });

const binding = (name: string, role: string, to: string) => newObject(ClusterRoleBinding, { metadata: { name }, roleRef: toRole(role), subjects: [group(to)] } as never);
const csr = (kind: string): string => `system:certificates.k8s.io:certificatesigningrequests:${kind}`;

/**
 * Who may join, and what nodes may do: kubeadm's bindings under kubeadm's names, and until there is an authorizer that
 * looks at which node asks, upstream's role system:node and the rules of our own node-side plugins for the group of all nodes.
 */
export function joinPolicy(nodeRules: readonly PluginRule[]): readonly KubeObject[] {
  return [
    binding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', joiningGroup),
    binding('kubeadm:node-autoapprove-bootstrap', csr('nodeclient'), joiningGroup),
    binding('kubeadm:node-autoapprove-certificate-rotation', csr('selfnodeclient'), 'system:nodes'),
    binding('keelson:nodes', 'system:node', 'system:nodes'),
    newObject(ClusterRole, { metadata: { name: 'keelson:node-plugins' }, rules: [...nodeRules.map(policyRule), { nonResourceURLs: ['/keelson/v1/traces'], verbs: ['post'] }] } as never),
    binding('keelson:node-plugins', 'keelson:node-plugins', 'system:nodes'),
  ];
}

/** What a node that knows nothing of the cluster reads first, open to anybody: kubeadm's names. */
export function clusterInfo(kubeconfig: string): readonly KubeObject[] {
  const namespace = 'kube-public';
  const name = 'kubeadm:bootstrap-signer-clusterinfo';
  return [
    newObject(ConfigMap, { metadata: { name: 'cluster-info', namespace }, data: { kubeconfig } } as never),
    newObject(Role, { metadata: { name, namespace }, rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['cluster-info'], verbs: ['get'] }] } as never),
    newObject(RoleBinding, { metadata: { name, namespace }, roleRef: { apiGroup, kind: 'Role', name }, subjects: [{ apiGroup, kind: 'User', name: 'system:anonymous' }] } as never),
  ];
}

/** The secret of a token, until a moment (wall time, milliseconds). */
export function tokenSecret({ id, secret }: BootstrapToken, expires: number): Secret {
  const stringData = {
    'token-id': id, 'token-secret': secret, expiration: formatTime(expires), description: 'lets the hosts of "keelson up --hosts" join',
    'usage-bootstrap-authentication': 'true', 'usage-bootstrap-signing': 'true', 'auth-extra-groups': joiningGroup,
  };
  const data = Object.fromEntries(Object.entries(stringData).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  return newObject(Secret, { metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' }, type: 'bootstrap.kubernetes.io/token', data } as never);
}
