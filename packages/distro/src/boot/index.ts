export { bootCluster } from './boot-cluster.ts';
export type { BootedCluster, BootOptions } from './boot-cluster.ts';
export { administrator, startCluster } from './cluster.ts';
export type { Cluster, ClusterOptions } from './cluster.ts';
export { openStore } from './store-choice.ts';
export type { StoreChoice } from './store-choice.ts';
