import { definePlugin } from '@keelson/sdk';
import { AdmissionHandlers } from '@keelson/sdk/admission';
import { defaultStorageClass } from './default-storage-class.ts';

/** The default class of volume claims. */
export default definePlugin({
  name: '@keelson/admission-default-storage-class',
  version: '0.1.0',
  kind: 'admission',
  summary: 'gives volume claims the default storage class',
  setup: () => [AdmissionHandlers.with(defaultStorageClass)],
});
