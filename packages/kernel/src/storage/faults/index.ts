export { FaultyStore, type InjectedFault, type StoreFaults } from './faulty-store.ts';
