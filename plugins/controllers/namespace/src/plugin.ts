import { builtinKinds } from '@keelson/api';
import { definePlugin, optional, ServedKinds } from '@keelson/sdk';
import { controller } from '@keelson/sdk/controller';
import { z } from 'zod';
import { namespaceController } from './namespace-controller.ts';

/** Deletion of namespaces. */
export default definePlugin({
  name: '@keelson/controller-namespace',
  version: '0.1.0',
  kind: 'controller',
  summary: 'empties and removes namespaces that are being deleted',
  config: z.strictObject({
    /** Seconds that a namespace stays as it is after its deletion was asked for. */
    graceSeconds: z.number().nonnegative().default(2),
  }),
  requires: { kinds: optional(ServedKinds) },
  rbac: [
    { groups: [''], resources: ['namespaces'], verbs: ['get', 'list', 'watch', 'delete'] },
    { groups: [''], resources: ['namespaces/finalize', 'namespaces/status'], verbs: ['update'] },
    { groups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch', 'delete', 'deletecollection'] },
    { groups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
  ],
  setup: ({ kinds, config }) => [controller(namespaceController(() => kinds?.list() ?? builtinKinds(), { graceMs: 1000 * config.graceSeconds }))],
});
