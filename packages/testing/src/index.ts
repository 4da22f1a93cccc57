export { cluster } from './cluster.ts';
export type { TestCluster, TestClusterOptions } from './cluster.ts';
export { milliseconds } from './duration.ts';
export { EventLog } from './event-log.ts';
export { FaultyBus } from './faulty-transport.ts';
export type { BusFaults, FaultControl } from './faulty-transport.ts';
export { TraceView } from './trace-view.ts';
export { VirtualClock, settled } from './virtual-clock.ts';
