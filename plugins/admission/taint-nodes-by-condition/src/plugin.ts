import { definePlugin } from '@keelson/sdk';
import { AdmissionHandlers } from '@keelson/sdk/admission';
import { taintNewNodes } from './taint-new-nodes.ts';

/** Keeps new nodes empty until they are ready. */
export default definePlugin({
  name: '@keelson/admission-taint-nodes-by-condition',
  version: '0.1.0',
  kind: 'admission',
  summary: 'taints new nodes as not ready',
  setup: () => [AdmissionHandlers.with(taintNewNodes)],
});
