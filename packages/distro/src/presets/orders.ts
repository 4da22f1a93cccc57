import { AdmissionHandlers } from '@keelson/sdk/admission';
import { DnsHandlers } from '@keelson/sdk/dns';
import { defineDistribution } from '../definition.ts';
import { admissionOrder } from './admission-order.ts';

/**
 * Only orders, no plugins. Presets extend it, so that these orders are inherited by everything made from a preset:
 * names of contributions that a distribution does not have are passed over in an inherited order.
 */
export const orders = defineDistribution({
  name: 'orders',
  version: '0.1.0',
  order: {
    [AdmissionHandlers.key]: admissionOrder,
    // What is close and never wrong first; what asks other servers last, behind what remembers their answers.
    [DnsHandlers.key]: ['hosts', 'cluster', 'cache', 'forward'],
  },
});
