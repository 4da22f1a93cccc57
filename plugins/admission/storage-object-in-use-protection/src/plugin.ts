import { definePlugin } from '@keelson/sdk';
import { AdmissionHandlers } from '@keelson/sdk/admission';
import { inUseProtection } from './in-use-protection.ts';

/** Protection of storage in use. */
export default definePlugin({
  name: '@keelson/admission-storage-object-in-use-protection',
  version: '0.1.0',
  kind: 'admission',
  summary: 'protects volumes and volume claims from deletion while they are in use',
  setup: () => [AdmissionHandlers.with(inUseProtection)],
});
