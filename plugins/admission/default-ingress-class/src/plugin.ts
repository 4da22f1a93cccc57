import { definePlugin } from '@keelson/sdk';
import { AdmissionHandlers } from '@keelson/sdk/admission';
import { defaultIngressClass } from './default-ingress-class.ts';

/** The default class of ingresses. */
export default definePlugin({
  name: '@keelson/admission-default-ingress-class',
  version: '0.1.0',
  kind: 'admission',
  summary: 'gives ingresses the default ingress class',
  setup: () => [AdmissionHandlers.with(defaultIngressClass)],
});
