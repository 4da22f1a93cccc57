export { nodesReady } from './nodes-ready.ts';
export { openToNodes } from './open-to-nodes.ts';
export type { NodeEntry } from './open-to-nodes.ts';
