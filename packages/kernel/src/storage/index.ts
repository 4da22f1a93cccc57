export {
  CompactedError,
  DataDirectoryError,
  FutureRevisionError,
  InvalidRequestError,
  LeaseNotFoundError,
  SlowWatcherError,
  StoreClosedError,
  StoreError,
  StoreUnavailableError,
  prefixEnd,
} from './contract.ts';
export type {
  Compare,
  Entry,
  ForkOptions,
  ForkableStore,
  Lease,
  LeaseId,
  Op,
  RangeRequest,
  RangeResult,
  Store,
  StoreEvent,
  StoreOptions,
  Txn,
  TxnResult,
  Watch,
  WatchBatch,
  WatchRequest,
  WatchSink,
} from './contract.ts';
export { openMemoryStore, type MemoryStoreOptions } from './memory/memory-store.ts';
export type { HistoryLimits } from './engine/history.ts';
export { orderKey } from './engine/order-key.ts';
export { SortedMap, SortedMapEditor, type KeyRange, type Visit } from './sorted-map/index.ts';
