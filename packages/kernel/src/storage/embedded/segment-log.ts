import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { ByteWriter } from './byte-writer.ts';
import type { Disk, DiskFile } from './disk.ts';
import { encodeSegmentHeader, sealRecord, segmentHeaderSize, terminatorSize } from './frame.ts';

/** The first segment of a run is small and not preallocated, so that small clusters stay small. */
const firstCapacity = 4 << 20;
const secondCapacity = 16 << 20;
const fullCapacity = 64 << 20;
const zeros = Buffer.alloc(1 << 20);

export interface SegmentFile {
  readonly number: number;
  readonly path: string;
  readonly firstSequence: number;
}

interface OpenSegment extends SegmentFile {
  readonly file: DiskFile;
  readonly salt: number;
  readonly capacity: number;
  /** Where the next record goes; 0 as long as the header is not written. */
  offset: number;
}

interface Prepared {
  readonly number: number;
  readonly path: string;
  readonly capacity: number;
}

export function segmentName(number: number): string {
  return `log-${String(number).padStart(12, '0')}`;
}

/** Number of a segment's file name, or undefined for other files. */
export function segmentNumber(name: string): number | undefined {
  const match = /^log-(\d{12})$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/**
 * The files that records are appended to. A failed write leaves its segment for good: the next record starts a new
 * one, whose header voids whatever half-written record the old one may hold.
 */
export class SegmentLog {
  #open: OpenSegment | undefined;
  #prepared: Prepared | undefined;
  #preparing: Promise<void> | undefined;
  #prepareFailed = false;
  #nextNumber: number;
  #sequence: number;
  #closed: SegmentFile[];
  #ran = 0;
  #superseded = 0;
  #dropping: Promise<void> | undefined;
  /** The next append starts a new segment, so that the open one can go. */
  #sealed = false;
  #closing = false;

  /** `sequence`: of the next record. `older`: segments on disk that recovery still needs. */
  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
    { sequence, nextNumber, older }: { readonly sequence: number; readonly nextNumber: number; readonly older: readonly SegmentFile[] },
  ) {
    this.#sequence = sequence;
    this.#nextNumber = nextNumber;
    this.#closed = [...older];
  }

  /** Sequence of the next record. */
  get sequence(): number {
    return this.#sequence;
  }

  get segments(): number {
    return this.#closed.length + 1;
  }

  /**
   * Appends one record and waits until it is on stable storage. `record` holds the space for its header, then the
   * payload. After a rejection the record may or may not be there, and the next append makes it void.
   */
  async append(record: ByteWriter): Promise<number> {
    const length = record.length;
    let segment = this.#open;
    if (this.#sealed && segment !== undefined && segment.offset > 0) segment = undefined;
    if (segment !== undefined && segment.offset + length + terminatorSize > segment.capacity && this.#mayRotate()) segment = undefined;
    segment ??= await this.#rotate();
    sealRecord(record.bytes, this.#sequence, segment.salt);
    record.zeros(terminatorSize);
    try {
      if (segment.offset === 0) {
        const bytes = Buffer.concat([encodeSegmentHeader(segment), record.bytes]);
        await segment.file.write(bytes, 0);
        segment.offset = segmentHeaderSize;
      } else {
        await segment.file.write(record.bytes, segment.offset);
      }
    } catch (error) {
      await this.#abandon(segment);
      throw error;
    }
    segment.offset += length;
    this.#sequence += 1;
    if (segment.offset > segment.capacity / 4) this.#prepare();
    return length;
  }

  /** Everything up to `sequence` is in a snapshot: segments that hold nothing newer go, now or once they are full. */
  supersede(sequence: number): void {
    this.#superseded = sequence;
    this.#sealed = true;
    this.#dropOld();
  }

  /** No append may be on its way. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#preparing;
    await this.#dropping;
    const open = this.#open;
    this.#open = undefined;
    await open?.file.close();
    if (this.#prepared !== undefined) await this.disk.remove(this.#prepared.path);
    this.#prepared = undefined;
  }

  /** Without a prepared successor the open segment grows on, rather than making writers wait. */
  #mayRotate(): boolean {
    return this.#prepared !== undefined || this.#prepareFailed || this.#preparing === undefined;
  }

  async #rotate(): Promise<OpenSegment> {
    if (this.#open !== undefined) await this.#abandon(this.#open);
    const prepared = this.#prepared;
    this.#prepared = undefined;
    this.#prepareFailed = false;
    const number = prepared?.number ?? this.#nextNumber++;
    const path = prepared?.path ?? join(this.folder, segmentName(number));
    const file = await this.disk.open(path, prepared === undefined ? { create: true, durable: true } : { durable: true });
    try {
      if (prepared === undefined) await this.disk.syncFolder(this.folder);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#ran += 1;
    this.#sealed = false;
    this.#dropOld();
    const capacity = prepared?.capacity ?? firstCapacity;
    this.#open = { number, path, file, salt: randomInt(1, 2 ** 32), capacity, offset: 0, firstSequence: this.#sequence };
    return this.#open;
  }

  #dropOld(): void {
    if (this.#closing) return;
    // What cannot be removed now is tried again after the next segment.
    this.#dropping ??= this.#drop()
      .catch(() => undefined)
      .finally(() => {
        this.#dropping = undefined;
      });
  }

  async #drop(): Promise<void> {
    for (;;) {
      const old = this.#closed[0];
      const next = this.#closed[1] ?? this.#open;
      if (old === undefined || next === undefined || next.firstSequence > this.#superseded + 1) return;
      if (!(await this.#recycle(old))) await this.disk.remove(old.path);
      this.#closed.shift();
    }
  }

  async #abandon(segment: OpenSegment): Promise<void> {
    this.#open = undefined;
    this.#closed.push({ number: segment.number, path: segment.path, firstSequence: segment.firstSequence });
    await segment.file.close().catch(() => undefined);
  }

  /** Allocates the next segment beside the commits: its blocks exist before they are needed. */
  #prepare(): void {
    if (this.#prepared !== undefined || this.#preparing !== undefined || this.#prepareFailed) return;
    const number = this.#nextNumber++;
    const path = join(this.folder, segmentName(number));
    const capacity = this.#ran <= 1 ? secondCapacity : fullCapacity;
    this.#preparing = this.#allocate(path, capacity)
      .then(
        () => {
          this.#prepared = { number, path, capacity };
        },
        async () => {
          this.#prepareFailed = true;
          await this.disk.remove(path).catch(() => undefined);
        },
      )
      .finally(() => {
        this.#preparing = undefined;
      });
  }

  async #allocate(path: string, capacity: number): Promise<void> {
    const file = await this.disk.open(path, { create: true });
    try {
      for (let at = 0; at < capacity; at += zeros.length) {
        if (this.#closing) throw new Error('the log is being closed');
        await file.write(zeros, at);
        // In steps, so that no commit waits behind the flush of the whole file.
        if (at % (8 << 20) === 0) await file.sync();
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await this.disk.syncFolder(this.folder);
  }

  /** Makes a superfluous segment of full size the prepared one: its blocks are already there. */
  async #recycle(old: SegmentFile): Promise<boolean> {
    if (this.#prepared !== undefined || this.#preparing !== undefined) return false;
    const file = await this.disk.open(old.path, { durable: true });
    try {
      if ((await file.size()) !== fullCapacity || this.#prepared !== undefined || this.#preparing !== undefined) return false;
      const number = this.#nextNumber++;
      const path = join(this.folder, segmentName(number));
      // Claims the place, so that no preparation starts meanwhile.
      this.#preparing = this.#reuse(file, old.path, { number, path, capacity: fullCapacity });
      await this.#preparing;
      return true;
    } finally {
      await file.close();
    }
  }

  async #reuse(file: DiskFile, oldPath: string, next: Prepared): Promise<void> {
    try {
      await file.write(zeros.subarray(0, segmentHeaderSize), 0);
      await this.disk.rename(oldPath, next.path);
      await this.disk.syncFolder(this.folder);
      this.#prepared = next;
    } finally {
      this.#preparing = undefined;
    }
  }
}
