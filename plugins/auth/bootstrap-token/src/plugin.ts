import { ApiClient, Clock, definePlugin } from '@keelson/sdk';
import { Authenticators } from '@keelson/sdk/auth';
import { bootstrapTokens } from './bootstrap-tokens.ts';

/** The first credential of a node. */
export default definePlugin({
  name: '@keelson/auth-bootstrap-token',
  version: '0.1.0',
  kind: 'auth',
  summary: 'lets new nodes in by tokens that are secrets of kube-system',
  requires: { api: ApiClient, clock: Clock },
  rbac: [{ groups: [''], resources: ['secrets'], verbs: ['get'] }],
  setup: ({ api, clock }) => [Authenticators.with(bootstrapTokens(api, clock))],
});
