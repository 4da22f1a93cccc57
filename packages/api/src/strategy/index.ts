export { prepareForCreate } from './create.ts';
export { gracePeriodOf } from './delete.ts';
export { emptyStatus } from './initial-status.ts';
export { qosClassOf, type QosClass } from './qos.ts';
export { traitsOf, type Traits } from './traits.ts';
export { prepareForStatusUpdate, prepareForUpdate, sameDesiredState } from './update.ts';
