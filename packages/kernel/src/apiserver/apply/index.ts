export { createdFieldsText } from './created-fields.ts';
export { applyConfiguration, managerName, recordUpdate } from './ownership.ts';
export type { ApplyRequest, ApplyResult, UpdateRecord, Writer } from './ownership.ts';
export type { FieldSet } from './field-set.ts';
