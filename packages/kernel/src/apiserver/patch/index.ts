export { applyJsonPatch } from './json-patch.ts';
export { equalJson } from './json-value.ts';
export { applyMergePatch } from './merge-patch.ts';
export { applyStrategicMergePatch } from './strategic-merge.ts';
