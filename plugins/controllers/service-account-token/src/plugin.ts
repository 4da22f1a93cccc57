import { definePlugin } from '@keelson/sdk';
import { ClusterAuthority, ServiceAccountTokenSigner } from '@keelson/sdk/auth';
import { controller } from '@keelson/sdk/controller';
import { tokenSecrets } from './token-secrets.ts';

/** Tokens in secrets, for clients outside the cluster. */
export default definePlugin({
  name: '@keelson/controller-service-account-token',
  version: '0.1.0',
  kind: 'controller',
  summary: 'fills service account token secrets and removes those of deleted accounts',
  requires: { authority: ClusterAuthority, signer: ServiceAccountTokenSigner },
  rbac: [
    { groups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list', 'watch', 'update'] },
    { groups: [''], resources: ['secrets'], verbs: ['get', 'list', 'watch', 'update', 'delete'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ authority, signer }) => [controller(tokenSecrets({ authority, signer }))],
});
