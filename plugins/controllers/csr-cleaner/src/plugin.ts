import { definePlugin } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { answeredRequests } from './answered-requests.ts';

/** Certificate requests that nobody needs any more. */
export default definePlugin({
  name: '@keelson/controller-csr-cleaner',
  version: '0.1.0',
  kind: 'controller',
  summary: 'deletes certificate requests that are answered, ignored or expired',
  rbac: [
    { groups: ['certificates.k8s.io'], resources: ['certificatesigningrequests'], verbs: ['get', 'list', 'watch', 'delete'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: () => [controller(answeredRequests())],
});
