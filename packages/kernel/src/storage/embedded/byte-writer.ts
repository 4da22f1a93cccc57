/** A growing buffer that is written front to back and used again and again. Little-endian. */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  constructor(capacity = 1 << 16) {
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes so far; valid until the next write. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Starts over; the memory is kept unless it had grown beyond `keep` bytes. */
  reset(keep = 4 << 20): void {
    this.#length = 0;
    if (this.#buffer.length > keep) this.#buffer = Buffer.allocUnsafeSlow(keep);
  }

  /** Goes back to an earlier length, after a half-written item. */
  rewind(length: number): void {
    this.#length = length;
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  u32(value: number): void {
    this.#reserve(4);
    this.#length = this.#buffer.writeUInt32LE(value, this.#length);
  }

  /** Revisions and counters: integers up to 2^53, kept as doubles. */
  count(value: number): void {
    this.#reserve(8);
    this.#length = this.#buffer.writeDoubleLE(value, this.#length);
  }

  /** UTF-8 with its length before it. */
  text(value: string): void {
    this.#reserve(4 + value.length * 3);
    const bytes = this.#buffer.write(value, this.#length + 4, 'utf8');
    this.#buffer.writeUInt32LE(bytes, this.#length);
    this.#length += 4 + bytes;
  }

  /** Bytes with their length before them. */
  blob(value: Uint8Array): void {
    this.#reserve(4 + value.length);
    this.#buffer.writeUInt32LE(value.length, this.#length);
    this.#buffer.set(value, this.#length + 4);
    this.#length += 4 + value.length;
  }

  zeros(count: number): void {
    this.#reserve(count);
    this.#buffer.fill(0, this.#length, this.#length + count);
    this.#length += count;
  }

  #reserve(more: number): void {
    const need = this.#length + more;
    if (need <= this.#buffer.length) return;
    const bigger = Buffer.allocUnsafeSlow(Math.max(need, this.#buffer.length * 2));
    this.#buffer.copy(bigger, 0, 0, this.#length);
    this.#buffer = bigger;
  }
}
