import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock, Logger } from '@keelson/sdk';
import type { ForkableStore, StoreOptions } from '../contract.ts';
import { EngineStore } from '../engine/engine-store.ts';
import type { HistoryLimits } from '../engine/history.ts';
import { lockDataDirectory, type DataLock } from './data-lock.ts';
import { nodeDisk, type Disk } from './disk.ts';
import { GroupCommitLog } from './group-commit-log.ts';
import { recover } from './recovery.ts';
import { SegmentLog } from './segment-log.ts';
import { Snapshots } from './snapshots.ts';

export interface EmbeddedStoreOptions extends StoreOptions {
  /** Folder of its own for the store; made if need be. */
  readonly directory: string;
  /** Time for leases and for the age of history. */
  readonly clock: Clock;
  /** How much of the past stays readable while the store is open. */
  readonly history?: HistoryLimits;
  /** Hears of a cut-off last record, of files that are gone, and of snapshots that could not be written. */
  readonly logger?: Pick<Logger, 'warn'>;
  /** A snapshot is taken when the log since the last one is larger than this and than that one. Default 64 MiB. */
  readonly snapshotBytes?: number;
  /** The file system underneath; tests put one there that fails. */
  readonly disk?: Disk;
}

/**
 * Opens the durable store in a folder on the local disk: an append-only log with group commit, and snapshots.
 * Errors: `KEEL_STORE_LOCKED`, `KEEL_STORE_CORRUPT`, `KEEL_STORE_FORMAT`, and the system's own.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<ForkableStore> {
  const lock = lockDataDirectory(options.directory);
  try {
    return await open(options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function open({ directory, clock, stamp, history = {}, logger, snapshotBytes = 64 << 20, disk = nodeDisk }: EmbeddedStoreOptions, lock: DataLock): Promise<ForkableStore> {
  // Files of one kind lie together, and the lock beside them.
  const folder = join(directory, 'store');
  const stamping = stamp === undefined ? {} : { stamp };
  const warn = (message: string): void => logger?.warn(message);
  const opened = existsSync(folder);
  const { start, replayed, ...position } = await recover({ disk, folder, clock, history, warn, ...stamping });
  // Nothing in the folder tells a store whose files were lost from one that never took a write.
  if (opened && position.sequence === 1) warn(`the store in ${folder} was opened before and holds nothing; it starts empty. If it held objects, its files were removed or emptied: stop, and restore the data directory from a backup`);
  const log = new SegmentLog(disk, folder, position);
  return new EngineStore({
    driver: 'embedded',
    clock,
    start,
    ...stamping,
    log: (port) => {
      const snapshots = new Snapshots({ disk, folder, log, port, warn, minBytes: snapshotBytes, replayed });
      const commits = new GroupCommitLog(port, log, folder, (bytes) => snapshots.committed(bytes));
      return {
        admit: () => commits.admit(),
        append: (change, waiter) => commits.append(change, waiter),
        barrier: (waiter) => commits.barrier(waiter),
        health: () => commits.health(),
        close: async () => {
          await commits.close();
          await snapshots.close();
          await log.close();
          lock.release();
        },
      };
    },
  });
}
