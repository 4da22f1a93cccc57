import { join } from 'node:path';
import type { EnginePort } from '../engine/commit-log.ts';
import type { Disk } from './disk.ts';
import type { SegmentLog } from './segment-log.ts';
import { isSnapshotName, snapshotName, writeSnapshot } from './snapshot.ts';

/** Many small segments, one a restart, are folded into a snapshot too. */
const maxSegments = 16;
/** A snapshot of no more entries than this takes no time worth mentioning, so a close waits for it. */
const briefEntries = 10_000;

interface SnapshotSettings {
  readonly disk: Disk;
  readonly folder: string;
  readonly log: SegmentLog;
  readonly port: EnginePort;
  readonly warn: (message: string) => void;
  readonly minBytes: number;
  /** Bytes of log that the last start had to replay. */
  readonly replayed: number;
}

/** Takes snapshots in the background when the log has grown enough, and lets go of what they make superfluous. */
export class Snapshots {
  #since: number;
  #wanted: number;
  #running: Promise<void> | undefined;
  #brief = false;
  #closed = false;
  readonly #stop = new AbortController();

  constructor(private readonly settings: SnapshotSettings) {
    this.#since = settings.replayed;
    this.#wanted = settings.minBytes;
  }

  /** Counts a durable record and starts a snapshot when it is time. */
  committed(bytes: number): void {
    this.#since += bytes;
    if (this.#running !== undefined || this.#closed) return;
    if (this.#since < this.#wanted && this.settings.log.segments <= maxSegments) return;
    this.#running = this.#take().finally(() => {
      this.#running = undefined;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (!this.#brief) this.#stop.abort();
    await this.#running;
  }

  async #take(): Promise<void> {
    const { disk, folder, log, port, warn, minBytes } = this.settings;
    const sequence = log.sequence - 1;
    const durable = port.durable();
    this.#brief = durable.state.size <= briefEntries;
    this.#since = 0;
    try {
      const size = await writeSnapshot(disk, folder, { ...durable, sequence }, this.#stop.signal);
      // As much log as state: the disk holds at most about twice the state, and a start replays no more than it reads.
      this.#wanted = Math.max(minBytes, size);
      log.supersede(sequence);
      for (const name of disk.list(folder)) {
        if (isSnapshotName(name) && name < snapshotName(sequence)) await disk.remove(join(folder, name));
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) warn(`no snapshot of ${folder} could be written, the log grows on: ${(error as Error).message}`);
    }
  }
}
