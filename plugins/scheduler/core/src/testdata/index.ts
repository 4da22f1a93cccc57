export { node, pod } from './objects.ts';
export { refusals, scores, tableOf } from './judge.ts';
