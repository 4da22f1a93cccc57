import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { AdmissionHandlers } from '@keelson/sdk/admission';
import { namespaceLifecycle } from './namespace-lifecycle.ts';

/** Guards the life of namespaces. */
export default definePlugin({
  name: '@keelson/admission-namespace-lifecycle',
  version: '0.1.0',
  kind: 'admission',
  summary: 'refuses content in missing or terminating namespaces and keeps the system namespaces',
  config: z.strictObject({
    /** Namespaces that nobody may delete. */
    immortal: z.array(z.string()).default(['default', 'kube-system', 'kube-public']),
  }),
  setup: ({ config }) => [AdmissionHandlers.with(namespaceLifecycle(new Set(config.immortal)))],
});
