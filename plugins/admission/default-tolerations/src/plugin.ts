import { z } from 'zod';
import { definePlugin } from '@keelson/sdk';
import { AdmissionHandlers } from '@keelson/sdk/admission';
import { defaultTolerations } from './default-tolerations.ts';

/** Tolerations of short outages. */
export default definePlugin({
  name: '@keelson/admission-default-tolerations',
  version: '0.1.0',
  kind: 'admission',
  summary: 'lets pods stay on an unready or unreachable node for a while',
  config: z.strictObject({
    /** Seconds on a node that is not ready. */
    notReadySeconds: z.int().nonnegative().default(300),
    /** Seconds on a node that does not answer. */
    unreachableSeconds: z.int().nonnegative().default(300),
  }),
  setup: ({ config }) => [AdmissionHandlers.with(defaultTolerations(config))],
});
