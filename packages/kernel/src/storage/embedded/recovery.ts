import { join } from 'node:path';
import type { Clock } from '@keelson/sdk';
import { DataDirectoryError, type Entry, type Op, type StoreOptions } from '../contract.ts';
import { type EngineStart } from '../engine/engine-store.ts';
import { History, type HistoryLimits } from '../engine/history.ts';
import type { LeaseGrant } from '../engine/leases.ts';
import { Ledger } from '../engine/ledger.ts';
import { OldStates } from '../engine/old-states.ts';
import { SortedMap } from '../sorted-map/index.ts';
import { ByteReader } from './byte-reader.ts';
import { decodeChange, type LoggedChange } from './change-codec.ts';
import type { Disk } from './disk.ts';
import { decodeSegmentHeader, findLaterRecord, isCleanEnd, readRecord, recordHeaderSize, segmentHeaderSize } from './frame.ts';
import { segmentNumber, spareName, type SegmentFile } from './segment-log.ts';
import { isSnapshotName, readSnapshot, wrongFormat, type Snapshot } from './snapshot.ts';
import { ReadBuffer, ValuePool } from './value-pool.ts';

export interface RecoverySettings extends StoreOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly clock: Clock;
  readonly history: HistoryLimits;
  readonly warn: (message: string) => void;
}

/** What the data directory held, and where its log goes on. */
export interface Recovered {
  readonly start: EngineStart;
  /** Sequence of the next record. */
  readonly sequence: number;
  readonly nextNumber: number;
  /** Segments that are still needed until the next snapshot. */
  readonly older: readonly SegmentFile[];
  /** Bytes of log that had to be replayed. */
  readonly replayed: number;
}

/** Builds the state from the newest snapshot and the log behind it, and removes what a crash left over. */
export async function recover(settings: RecoverySettings): Promise<Recovered> {
  const { disk, folder } = settings;
  const names = disk.list(folder);
  const snapshots = names.filter(isSnapshotName);
  const newest = snapshots[snapshots.length - 1];
  const replay = new Replay(newest === undefined ? undefined : await readSnapshot(disk, folder, newest, settings.stamp), settings);
  for (const name of names) {
    if (name === spareName || name.endsWith('.tmp') || (isSnapshotName(name) && name !== newest)) await disk.remove(join(folder, name));
  }
  const numbers = names.map(segmentNumber).filter((number) => number !== undefined);
  const segments = await neededSegments(settings, names, replay.sequence);
  for (const [i, segment] of segments.entries()) await replaySegment(settings, replay, segment, segments[i + 1]);
  return {
    start: replay.finish(),
    sequence: replay.sequence + 1,
    nextNumber: Math.max(0, ...numbers) + 1,
    older: segments,
    replayed: replay.bytes,
  };
}

interface Segment extends SegmentFile {
  readonly salt: number;
}

/** Used segments from the one that holds the record after `sequence` on; removes those before it and unused ones. */
async function neededSegments({ disk, folder }: RecoverySettings, names: readonly string[], sequence: number): Promise<Segment[]> {
  const needed: Segment[] = [];
  const surplus: string[] = [];
  for (const name of names.filter((each) => segmentNumber(each) !== undefined).reverse()) {
    const path = join(folder, name);
    if (needed[0] !== undefined && needed[0].firstSequence <= sequence + 1) {
      surplus.push(path);
      continue;
    }
    const bytes = await readStart(disk, path);
    const header = decodeSegmentHeader(bytes);
    // A first write that was cut short leaves no record behind its broken header. If one should be there after all,
    // it is missed where the segments have to join.
    if (header === 'unused' || (header === 'bad' && isCleanEnd(bytes, segmentHeaderSize))) {
      surplus.push(path);
    } else if (header === 'bad') {
      throw corrupt(path, 0);
    } else if ('version' in header) {
      throw wrongFormat(path, header.version);
    } else {
      needed.unshift({ number: header.number, path, firstSequence: header.firstSequence, salt: header.salt });
    }
  }
  const first = needed[0];
  if (first !== undefined && first.firstSequence > sequence + 1) {
    throw new DataDirectoryError('KEEL_STORE_CORRUPT', `the log in ${folder} begins with record ${first.firstSequence} in ${first.path}, but record ${sequence + 1} is missing before it; ${wayOut}`);
  }
  for (const path of surplus) await disk.remove(path);
  return needed;
}

async function readStart(disk: Disk, path: string): Promise<Buffer> {
  const file = await disk.open(path, {});
  try {
    const bytes = Buffer.alloc(segmentHeaderSize + recordHeaderSize);
    return bytes.subarray(0, await file.read(bytes, 0));
  } finally {
    await file.close();
  }
}

async function replaySegment({ disk, warn }: RecoverySettings, replay: Replay, segment: Segment, next: Segment | undefined): Promise<void> {
  const { path, salt } = segment;
  const file = await disk.open(path, { write: true });
  try {
    const bytes = replay.buffer.take(await file.size());
    await file.read(bytes, 0);
    let offset = segmentHeaderSize;
    for (let sequence = segment.firstSequence; next === undefined || sequence < next.firstSequence; sequence++) {
      const record = readRecord(bytes, offset, salt);
      if (record === undefined || record.sequence !== sequence) {
        // A successor says which record was the last here, so one that is missing was there once.
        if (next !== undefined || findLaterRecord(bytes, offset, salt, sequence) !== undefined) throw corrupt(path, offset);
        break;
      }
      replay.record(record.sequence, record.payload, () => corrupt(path, offset));
      offset = record.end;
    }
    if (next === undefined && !isCleanEnd(bytes, offset)) {
      warn(`the last record in ${path} is incomplete; cut off at offset ${offset}. A write that a stop cut short was never acknowledged, so nothing is lost; if the file was damaged later, its last write is: restore the data directory from a backup to have it`);
      await file.truncate(offset);
      await file.sync();
    }
  } finally {
    await file.close();
  }
}

const wayOut = 'restore the data directory from a backup, or move it away to start empty';

function corrupt(path: string, offset: number): DataDirectoryError {
  return new DataDirectoryError('KEEL_STORE_CORRUPT', `log ${path} is corrupt at offset ${offset}, and later records exist; ${wayOut}`);
}

/** Applies logged changes to a snapshot. */
class Replay {
  sequence: number;
  bytes = 0;
  readonly buffer = new ReadBuffer();
  readonly #values = new ValuePool();
  readonly #ledger: Ledger;
  readonly #history: History;
  readonly #grants = new Map<string, LeaseGrant>();
  #compacted: number;

  constructor(snapshot: Snapshot | undefined, { clock, history, stamp }: RecoverySettings) {
    const revision = snapshot?.revision ?? 1;
    this.sequence = snapshot?.sequence ?? 0;
    // The batches before the snapshot are gone, but for the very last.
    this.#compacted = snapshot === undefined ? 0 : Math.max(snapshot.compacted, snapshot.revision);
    this.#history = new History(history, clock, snapshot?.last === undefined ? revision : revision - 1);
    if (snapshot?.last !== undefined) this.#history.append(snapshot.last);
    for (const grant of snapshot?.leases ?? []) this.#grants.set(grant.id, grant);
    this.#ledger = new Ledger(snapshot?.state ?? SortedMap.empty<Entry>(), revision, { check: () => undefined, move: () => undefined }, stamp);
  }

  record(sequence: number, payload: Buffer, corruptHere: () => DataDirectoryError): void {
    if (sequence <= this.sequence) return;
    const from = new ByteReader(payload, this.#values);
    while (!from.done) {
      let change: LoggedChange;
      try {
        change = decodeChange(from);
      } catch (cause) {
        throw Object.assign(corruptHere(), { cause });
      }
      if (!this.#apply(change)) throw corruptHere();
    }
    this.sequence = sequence;
    this.bytes += payload.length;
  }

  finish(): EngineStart {
    const revision = this.#ledger.revision;
    return {
      state: this.#ledger.state.freeze(),
      revision,
      compacted: Math.max(this.#compacted, this.#history.wanted(this.#compacted)),
      history: this.#history,
      oldStates: new OldStates(),
      leases: [...this.#grants.values()],
    };
  }

  /** False if the change does not fit the state. */
  #apply(change: LoggedChange): boolean {
    if (change.type === 'write') return this.#write(change.revision, change.ops);
    if (change.type === 'grant') this.#grants.set(change.lease, { id: change.lease, ttlSeconds: change.ttlSeconds });
    else if (change.type === 'compact') this.#compacted = Math.max(this.#compacted, change.revision);
    else {
      this.#grants.delete(change.lease);
      return change.ops.length === 0 || this.#write(change.revision, change.ops);
    }
    return true;
  }

  #write(revision: number, ops: readonly Op[]): boolean {
    const { batch } = this.#ledger.txn({ compare: [], ops });
    if (batch === undefined || batch.revision !== revision) return false;
    this.#history.append(batch);
    if (this.#history.atChunkEnd) {
      this.#compacted = this.#history.wanted(this.#compacted);
      this.#history.drop(this.#compacted);
    }
    return true;
  }
}
