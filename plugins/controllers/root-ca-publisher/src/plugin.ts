import { definePlugin } from '@keelson/sdk';
import { ClusterAuthority } from '@keelson/sdk/auth';
import { controller } from '@keelson/sdk/controller';
import { rootCaPublisher } from './root-ca-publisher.ts';

/** The cluster authority for pods. */
export default definePlugin({
  name: '@keelson/controller-root-ca-publisher',
  version: '0.1.0',
  kind: 'controller',
  summary: 'puts the cluster authority into every namespace as ConfigMap kube-root-ca.crt',
  requires: { authority: ClusterAuthority },
  rbac: [
    { groups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'update'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ authority }) => [controller(rootCaPublisher(authority))],
});
