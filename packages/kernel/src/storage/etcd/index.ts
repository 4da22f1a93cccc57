export type { EtcdConnectionOptions } from './client.ts';
export { openEtcdStore, type EtcdStoreOptions } from './etcd-store.ts';
