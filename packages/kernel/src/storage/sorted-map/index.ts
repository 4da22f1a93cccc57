export { SortedMap, SortedMapEditor } from './sorted-map.ts';
export type { KeyRange, Visit } from './scan.ts';
