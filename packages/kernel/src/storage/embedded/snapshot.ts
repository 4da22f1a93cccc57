import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { DataDirectoryError, type Entry, type StoreEvent, type StoreOptions, type WatchBatch } from '../contract.ts';
import type { DurableState } from '../engine/commit-log.ts';
import type { LeaseGrant } from '../engine/leases.ts';
import { orderKey } from '../engine/order-key.ts';
import { SortedMap } from '../sorted-map/index.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import type { Disk, DiskFile } from './disk.ts';
import { formatVersion } from './frame.ts';
import { ReadBuffer, ValuePool } from './value-pool.ts';

/** "KSNP" when read as bytes. */
const snapshotMagic = 0x504e534b;
const headerSize = 16;
const blockHeaderSize = 8;
/** Encoded between two turns of the event loop; well under a millisecond of work. */
const blockSize = 256 << 10;
const syncEvery = 32;
const blocks = { meta: 1, entries: 2, last: 3, end: 4 } as const;

/** A durable state with the sequence of the last log record in it. */
export interface Snapshot extends DurableState {
  readonly sequence: number;
}

export function snapshotName(sequence: number): string {
  return `snapshot-${String(sequence).padStart(16, '0')}`;
}

export function isSnapshotName(name: string): boolean {
  return /^snapshot-\d{16}$/.test(name);
}

/**
 * Writes a snapshot from an immutable state, a block at a time, without holding up the event loop; under its final
 * name only when all of it is on stable storage. Returns its size in bytes.
 */
export async function writeSnapshot(disk: Disk, folder: string, snapshot: Snapshot, signal: AbortSignal): Promise<number> {
  const path = join(folder, snapshotName(snapshot.sequence));
  const file = await disk.open(`${path}.tmp`, { create: true });
  let size: number;
  try {
    size = await writeBlocks(file, snapshot, signal);
    await file.sync();
  } catch (error) {
    await file.close();
    await disk.remove(`${path}.tmp`).catch(() => undefined);
    throw error;
  }
  await file.close();
  await disk.rename(`${path}.tmp`, path);
  await disk.syncFolder(folder);
  return size;
}

async function writeBlocks(file: DiskFile, snapshot: Snapshot, signal: AbortSignal): Promise<number> {
  const header = Buffer.alloc(headerSize);
  header.writeUInt32LE(snapshotMagic, 0);
  header.writeUInt32LE(formatVersion, 4);
  header.writeUInt32LE(crc32(header.subarray(0, 8)), 8);
  await file.write(header, 0);
  let position = headerSize;
  let written = 0;
  const out = new ByteWriter(2 * blockSize);
  const begin = (kind: number): void => {
    out.reset();
    out.zeros(blockHeaderSize);
    out.u8(kind);
  };
  const flush = async (): Promise<void> => {
    signal.throwIfAborted();
    const { bytes } = out;
    bytes.writeUInt32LE(bytes.length - blockHeaderSize, 0);
    bytes.writeUInt32LE(crc32(bytes.subarray(blockHeaderSize)), 4);
    await file.write(bytes, position);
    position += bytes.length;
    // In portions, so that commits do not wait behind one long flush.
    if (++written % syncEvery === 0) await file.sync();
  };
  begin(blocks.meta);
  writeMeta(out, snapshot);
  await flush();
  begin(blocks.entries);
  for (const [, entry] of snapshot.state.entries()) {
    writeEntry(out, entry);
    if (out.length >= blockSize) {
      await flush();
      begin(blocks.entries);
    }
  }
  await flush();
  begin(blocks.last);
  for (const event of snapshot.last?.events ?? []) writeEvent(out, event);
  await flush();
  begin(blocks.end);
  out.count(snapshot.state.size);
  await flush();
  return position;
}

/** Reads a snapshot whole. Errors: `KEEL_STORE_CORRUPT`, `KEEL_STORE_FORMAT`. */
export async function readSnapshot(disk: Disk, folder: string, name: string, stamp: StoreOptions['stamp']): Promise<Snapshot> {
  const path = join(folder, name);
  const file = await disk.open(path, {});
  try {
    const header = Buffer.alloc(headerSize);
    const got = await file.read(header, 0);
    if (got < headerSize || header.readUInt32LE(0) !== snapshotMagic || crc32(header.subarray(0, 8)) !== header.readUInt32LE(8)) throw corrupt(path, 0);
    const version = header.readUInt32LE(4);
    if (version !== formatVersion) throw wrongFormat(path, version);
    return await readBlocks(file, path, stamp);
  } finally {
    await file.close();
  }
}

async function readBlocks(file: DiskFile, path: string, stamp: StoreOptions['stamp']): Promise<Snapshot> {
  const editor = SortedMap.empty<Entry>().edit();
  let meta: ReturnType<typeof readMeta> | undefined;
  let last: WatchBatch | undefined;
  const buffer = new ReadBuffer();
  const values = new ValuePool();
  const size = await file.size();
  for (let position = headerSize; position < size; ) {
    const header = Buffer.alloc(blockHeaderSize);
    if ((await file.read(header, position)) < blockHeaderSize) throw corrupt(path, position);
    const length = header.readUInt32LE(0);
    if (position + blockHeaderSize + length > size) throw corrupt(path, position);
    const payload = buffer.take(length);
    if ((await file.read(payload, position + blockHeaderSize)) < length || crc32(payload) !== header.readUInt32LE(4)) throw corrupt(path, position);
    const from = new ByteReader(payload, values);
    const kind = from.u8();
    if (kind === blocks.meta) meta = readMeta(from);
    else if (kind === blocks.entries) {
      while (!from.done) {
        const entry = readEntry(from);
        stamp?.(entry.value, entry.modRevision);
        editor.set(orderKey(entry.key), entry);
      }
    } else if (kind === blocks.last) {
      const events: StoreEvent[] = [];
      while (!from.done) events.push(readEvent(from, (key) => editor.get(orderKey(key))));
      if (events.length > 0 && meta !== undefined) last = { revision: meta.revision, events };
    } else if (kind === blocks.end && meta !== undefined && from.count() === editor.size) {
      return { ...meta, state: editor.freeze(), last };
    } else throw corrupt(path, position);
    position += blockHeaderSize + length;
  }
  throw corrupt(path, size);
}

function corrupt(path: string, offset: number): DataDirectoryError {
  return new DataDirectoryError('KEEL_STORE_CORRUPT', `snapshot ${path} is corrupt at offset ${offset}; restore the data directory from a backup, or move it away to start empty`);
}

/** The error for files of another format version. */
export function wrongFormat(path: string, version: number): DataDirectoryError {
  return new DataDirectoryError('KEEL_STORE_FORMAT', `${path} has format version ${version}, this program knows ${formatVersion}; open it with the version of Keelson that wrote it`);
}

function writeMeta(out: ByteWriter, { revision, compacted, sequence, leases }: Snapshot): void {
  out.count(revision);
  out.count(compacted);
  out.count(sequence);
  for (const { id, ttlSeconds } of leases) {
    out.text(id);
    out.count(ttlSeconds);
  }
}

function readMeta(from: ByteReader): { revision: number; compacted: number; sequence: number; leases: LeaseGrant[] } {
  const meta = { revision: from.count(), compacted: from.count(), sequence: from.count(), leases: [] as LeaseGrant[] };
  while (!from.done) meta.leases.push({ id: from.text(), ttlSeconds: from.count() });
  return meta;
}

function writeEntry(out: ByteWriter, { key, value, createRevision, modRevision, version, lease }: Entry): void {
  out.text(key);
  out.blob(value);
  out.count(createRevision);
  out.count(modRevision);
  out.count(version);
  out.text(lease ?? '');
}

function readEntry(from: ByteReader): Entry {
  const entry = { key: from.text(), value: from.blob(), createRevision: from.count(), modRevision: from.count(), version: from.count() };
  const lease = from.text();
  return lease === '' ? entry : { ...entry, lease };
}

function writeEvent(out: ByteWriter, event: StoreEvent): void {
  out.u8((event.type === 'put' ? 1 : 0) | (event.previous === undefined ? 0 : 2));
  out.text(event.type === 'put' ? event.entry.key : event.key);
  if (event.type === 'delete') out.count(event.modRevision);
  if (event.previous !== undefined) writeEntry(out, event.previous);
}

function readEvent(from: ByteReader, find: (key: string) => Entry | undefined): StoreEvent {
  const flags = from.u8();
  const key = from.text();
  const deleted = (flags & 1) === 0 ? from.count() : 0;
  const previous = (flags & 2) === 0 ? undefined : readEntry(from);
  if (deleted !== 0) return { type: 'delete', key, modRevision: deleted, previous };
  const entry = find(key);
  if (entry === undefined) throw new RangeError(`the snapshot's last event writes ${key}, which it does not hold`);
  return { type: 'put', entry, previous };
}
