import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { ByteWriter } from './byte-writer.ts';
import type { Disk, DiskFile } from './disk.ts';
import { encodeSegmentHeader, recordHeaderSize, sealRecord, segmentHeaderSize, terminatorSize } from './frame.ts';

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

/**
 * Name of the file that will be the next segment. It gets its number when it is put to use, not before: numbers have to
 * ascend with the sequences in the segments.
 */
export const spareName = 'spare';

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
  /** Capacity of the spare file, once it is ready. */
  #spare: number | undefined;
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
    const full = segment !== undefined && (this.#sealed || segment.offset + length + terminatorSize > segment.capacity);
    if (full && this.#mayRotate()) segment = undefined;
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
    if (this.#spare !== undefined) await this.disk.remove(this.#sparePath);
    this.#spare = undefined;
  }

  /** While its successor is being prepared the open segment grows on, rather than making writers wait. */
  #mayRotate(): boolean {
    return this.#preparing === undefined;
  }

  async #rotate(): Promise<OpenSegment> {
    if (this.#open !== undefined) await this.#abandon(this.#open);
    const capacity = this.#spare;
    const number = this.#nextNumber++;
    const path = join(this.folder, segmentName(number));
    this.#prepareFailed = false;
    if (capacity !== undefined) {
      this.#spare = undefined;
      await this.disk.rename(this.#sparePath, path);
    }
    const file = await this.disk.open(path, { create: capacity === undefined, durable: true });
    try {
      await this.disk.syncFolder(this.folder);
    } catch (error) {
      await file.close();
      throw error;
    }
    this.#ran += 1;
    this.#sealed = false;
    this.#dropOld();
    this.#open = { number, path, file, salt: randomInt(1, 2 ** 32), capacity: capacity ?? firstCapacity, offset: 0, firstSequence: this.#sequence };
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
    if (this.#spare !== undefined || this.#preparing !== undefined || this.#prepareFailed || this.#closing) return;
    const capacity = this.#ran <= 1 ? secondCapacity : fullCapacity;
    this.#preparing = this.#allocate(capacity)
      .then(
        () => {
          this.#spare = capacity;
        },
        async () => {
          this.#prepareFailed = true;
          await this.disk.remove(this.#sparePath).catch(() => undefined);
        },
      )
      .finally(() => {
        this.#preparing = undefined;
      });
  }

  async #allocate(capacity: number): Promise<void> {
    const file = await this.disk.open(this.#sparePath, { create: true });
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
  }

  /** Makes a superfluous segment of full size the spare file: its blocks are already there. */
  async #recycle(old: SegmentFile): Promise<boolean> {
    if (this.#spare !== undefined || this.#preparing !== undefined) return false;
    const reuse = this.#reuse(old);
    // Claims the place, so that no preparation starts meanwhile.
    this.#preparing = reuse.then(() => undefined).finally(() => {
      this.#preparing = undefined;
    });
    // Its failure is told by the result below.
    this.#preparing.catch(() => undefined);
    return reuse;
  }

  async #reuse(old: SegmentFile): Promise<boolean> {
    const file = await this.disk.open(old.path, { durable: true });
    try {
      if ((await file.size()) !== fullCapacity) return false;
      // Up to where the first record's header will be: shows a first write that was cut short for what it is.
      await file.write(zeros.subarray(0, segmentHeaderSize + recordHeaderSize), 0);
    } finally {
      await file.close();
    }
    await this.disk.rename(old.path, this.#sparePath);
    this.#spare = fullCapacity;
    return true;
  }

  get #sparePath(): string {
    return join(this.folder, spareName);
  }
}
