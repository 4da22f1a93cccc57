export { NodeTable } from './node-table.ts';
export { amountOf, podInfoOf } from './pod-info.ts';
