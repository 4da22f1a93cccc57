import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { defaultAccounts } from './default-accounts.ts';

/** Default service accounts. */
export default definePlugin({
  name: '@keelson/controller-service-account',
  version: '0.1.0',
  kind: 'controller',
  summary: 'gives every active namespace its default service account',
  config: z.strictObject({
    /** Accounts that every namespace has. */
    names: z.array(z.string().min(1)).min(1).default(['default']),
  }),
  rbac: [
    { groups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch'] },
    { groups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list', 'watch', 'create'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ config }) => [controller(defaultAccounts(config.names))],
});
