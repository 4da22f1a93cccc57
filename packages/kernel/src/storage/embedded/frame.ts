import { crc32 } from 'node:zlib';

/** Of the data directory; a reader refuses others. */
export const formatVersion = 1;

/** "KLOG" and "KREC" when read as bytes. */
const segmentMagic = 0x474f4c4b;
const recordMagic = 0x4345524b;

export const segmentHeaderSize = 64;
export const recordHeaderSize = 24;
/** Written after each record and overwritten by the next one, so that a clean end can be told from a torn record. */
export const terminatorSize = 24;

/** First bytes of a segment. */
export interface SegmentHeader {
  /** Position of the segment in the log, as in its file name. */
  readonly number: number;
  /** Sequence of its first record; records of older segments from it on are void. */
  readonly firstSequence: number;
  /** Starts every checksum of the segment, so that bytes left by a file's former life never pass. */
  readonly salt: number;
}

export function encodeSegmentHeader({ number, firstSequence, salt }: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(segmentHeaderSize);
  bytes.writeUInt32LE(segmentMagic, 0);
  bytes.writeUInt32LE(formatVersion, 4);
  bytes.writeUInt32LE(salt, 8);
  bytes.writeDoubleLE(number, 16);
  bytes.writeDoubleLE(firstSequence, 24);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
  return bytes;
}

/** `unused`: prepared but never written to. `bad`: not a header. */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | 'unused' | 'bad' | { readonly version: number } {
  const header = bytes.subarray(0, segmentHeaderSize);
  if (header.every((byte) => byte === 0)) return 'unused';
  if (header.length < segmentHeaderSize || header.readUInt32LE(0) !== segmentMagic || crc32(header.subarray(0, 60)) !== header.readUInt32LE(60)) return 'bad';
  const version = header.readUInt32LE(4);
  if (version !== formatVersion) return { version };
  return { salt: header.readUInt32LE(8), number: header.readDoubleLE(16), firstSequence: header.readDoubleLE(24) };
}

/** Fills in the header of a record whose payload lies behind it; `bytes` is header and payload. */
export function sealRecord(bytes: Buffer, sequence: number, salt: number): void {
  bytes.writeUInt32LE(recordMagic, 0);
  bytes.writeUInt32LE(bytes.length - recordHeaderSize, 8);
  bytes.writeDoubleLE(sequence, 12);
  bytes.writeUInt32LE(0, 20);
  bytes.writeUInt32LE(crc32(bytes.subarray(8), salt), 4);
}

export interface Record {
  readonly sequence: number;
  readonly payload: Buffer;
  /** Offset of the byte behind the record. */
  readonly end: number;
}

/** The record at `offset`, or undefined if there is no whole and sound one. */
export function readRecord(segment: Buffer, offset: number, salt: number): Record | undefined {
  if (offset + recordHeaderSize > segment.length || segment.readUInt32LE(offset) !== recordMagic) return undefined;
  const end = offset + recordHeaderSize + segment.readUInt32LE(offset + 8);
  if (end > segment.length) return undefined;
  if (crc32(segment.subarray(offset + 8, end), salt) !== segment.readUInt32LE(offset + 4)) return undefined;
  return { sequence: segment.readDoubleLE(offset + 12), payload: segment.subarray(offset + recordHeaderSize, end), end };
}

/** True if nothing was ever written at `offset`: there lies the terminator of the last record, or nothing at all. */
export function isCleanEnd(segment: Buffer, offset: number): boolean {
  return segment.subarray(offset, offset + terminatorSize).every((byte) => byte === 0);
}

/** Offset of a sound record with one of the sequences after `sequence`, anywhere behind `offset`. */
export function findLaterRecord(segment: Buffer, offset: number, salt: number, sequence: number): number | undefined {
  const magic = Buffer.alloc(4);
  magic.writeUInt32LE(recordMagic, 0);
  for (let at = segment.indexOf(magic, offset); at !== -1; at = segment.indexOf(magic, at + 1)) {
    const record = readRecord(segment, at, salt);
    if (record !== undefined && record.sequence > sequence) return at;
  }
  return undefined;
}
