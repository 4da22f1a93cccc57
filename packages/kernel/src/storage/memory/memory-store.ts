import type { Clock } from '@keelson/sdk';
import type { ForkableStore, StoreOptions } from '../contract.ts';
import type { EnginePort } from '../engine/commit-log.ts';
import { emptyStart, EngineStore } from '../engine/engine-store.ts';
import type { HistoryLimits } from '../engine/history.ts';
import { ImmediateLog } from '../engine/immediate-log.ts';

export interface MemoryStoreOptions extends StoreOptions {
  /** Time for leases and for the age of history. */
  readonly clock: Clock;
  /** How much of the past stays readable; see {@link HistoryLimits}. */
  readonly history?: HistoryLimits;
}

/**
 * Opens an empty store that lives in memory only. Nothing in it waits for anything but microtasks, so with a virtual
 * clock a run is reproducible.
 */
export function openMemoryStore({ clock, history, stamp }: MemoryStoreOptions): ForkableStore {
  const settings = { driver: 'memory', clock, start: emptyStart(clock, history), log: (port: EnginePort) => new ImmediateLog(port) };
  return new EngineStore(stamp === undefined ? settings : { ...settings, stamp });
}
