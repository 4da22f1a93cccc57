export { FakeApi, type FakeFaults } from './fake-api.ts';
export { FakeStore, type FakeChange } from './fake-store.ts';
export type { Delivery } from './fake-watch.ts';
export { SeededRandom } from './seeded-random.ts';
export { settle, VirtualClock } from './virtual-clock.ts';
