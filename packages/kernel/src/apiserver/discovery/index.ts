export { Discovery } from './discovery.ts';
export type { DiscoveryAnswer } from './discovery.ts';
export { groupKinds } from './served.ts';
export type { ServedGroup } from './served.ts';
