export { runOperator } from './run-operator.ts';
export type { OperatorOptions, RunningOperator } from './run-operator.ts';
