import { definePlugin } from '@keelson/sdk';
import { AdmissionHandlers } from '@keelson/sdk/admission';
import { priorityAdmission } from './priority-admission.ts';

/** Priorities of pods. */
export default definePlugin({
  name: '@keelson/admission-priority',
  version: '0.1.0',
  kind: 'admission',
  summary: 'resolves the priority class of pods',
  setup: () => [AdmissionHandlers.with(priorityAdmission)],
});
