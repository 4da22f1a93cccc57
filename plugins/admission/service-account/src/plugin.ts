import { z } from 'zod';
import { Clock, Random, definePlugin } from '@keelson/sdk';
import { AdmissionHandlers } from '@keelson/sdk/admission';
import { serviceAccountAdmission } from './service-account-admission.ts';

/** Service accounts of pods. */
export default definePlugin({
  name: '@keelson/admission-service-account',
  version: '0.1.0',
  kind: 'admission',
  summary: 'gives pods their service account, its token volume and its pull secrets',
  config: z.strictObject({
    /** Milliseconds that a pod waits for the default account of a namespace that was just created. */
    defaultWait: z.int().nonnegative().default(1500),
  }),
  requires: { clock: Clock, random: Random },
  setup: ({ clock, random, config }) => [AdmissionHandlers.with(serviceAccountAdmission({ clock, random, defaultWait: config.defaultWait }))],
});
