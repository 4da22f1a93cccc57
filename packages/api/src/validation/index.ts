export { Causes, describeCause, describeCauses, type Cause, type CauseReason } from './causes.ts';
export { nameCheckOf, validateObjectMeta } from './object-meta.ts';
export { isAddress, isAddressV4, isAddressV6, isCidr } from './rules.ts';
export { scheduleError } from './schedule.ts';
export { validateCreate, validateUpdate, type UpdateOptions } from './validate.ts';
