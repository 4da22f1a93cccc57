import type { ValuePool } from './value-pool.ts';

/** Reads what `ByteWriter` wrote. Throws `RangeError` past the end. */
export class ByteReader {
  #at = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly values: ValuePool,
  ) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  u8(): number {
    return this.bytes.readUInt8(this.#at++);
  }

  u32(): number {
    this.#at += 4;
    return this.bytes.readUInt32LE(this.#at - 4);
  }

  count(): number {
    this.#at += 8;
    return this.bytes.readDoubleLE(this.#at - 8);
  }

  text(): string {
    return this.#slice().toString('utf8');
  }

  /** A copy, so that it does not keep the whole read buffer alive. */
  blob(): Buffer {
    return this.values.copy(this.#slice());
  }

  #slice(): Buffer {
    const length = this.u32();
    const end = this.#at + length;
    if (end > this.bytes.length) throw new RangeError(`${length} bytes at ${this.#at} reach past the end ${this.bytes.length}`);
    const slice = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return slice;
  }
}
