export { FakeApi, type FakeFaults } from './fake-api.ts';
export { FakeStore, type FakeChange } from './fake-store.ts';
export type { Delivery } from './fake-watch.ts';
