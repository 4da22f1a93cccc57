import { definePlugin } from '@keelson/sdk';
import { AdmissionHandlers } from '@keelson/sdk/admission';
import { limitRanger } from './limit-ranger.ts';

/** Limit ranges. */
export default definePlugin({
  name: '@keelson/admission-limit-ranger',
  version: '0.1.0',
  kind: 'admission',
  summary: 'fills in and enforces the limit ranges of a namespace',
  setup: () => [AdmissionHandlers.with(limitRanger)],
});
