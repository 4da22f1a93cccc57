export { createObject } from './create.ts';
export { deleteCollection } from './delete-collection.ts';
export { deleteObject } from './delete.ts';
export { getObject } from './get.ts';
export { listObjects } from './list.ts';
export { patchObject } from './patch.ts';
export { changeObject, updateObject } from './update.ts';
export { planWatch, watchError } from './watch.ts';
export type { WatchPlan } from './watch.ts';
