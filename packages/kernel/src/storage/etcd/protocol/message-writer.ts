/** Bytes that gRPC puts before each message: compressed or not, and the length. */
const head = 5;
const uint32 = 2 ** 32;

/**
 * Writes one protobuf message back to front: whoever writes an inner message knows its length when its head is due, so
 * nothing is measured first and nothing moved. Fields are therefore written last to first. Zero, false and empty are
 * left out, as proto3 has it.
 */
export class MessageWriter {
  #buffer: Buffer;
  #at: number;

  /** `capacity`: bytes expected; more fit too, at the price of a copy. */
  constructor(capacity = 128) {
    this.#buffer = Buffer.allocUnsafe(capacity + head);
    this.#at = this.#buffer.length;
  }

  /** Bytes so far: give it to {@link close} when the fields of an inner message are written. */
  get length(): number {
    return this.#buffer.length - this.#at;
  }

  /** A whole number from 0 to 2^53. */
  int(field: number, value: number): void {
    if (value !== 0) this.present(field, value);
  }

  /** The same, written also when it is 0: for members of a oneof, where being there says which one it is. */
  present(field: number, value: number): void {
    this.#varint(value);
    this.#varint(field << 3);
  }

  /** A 64-bit number in decimal digits, which may be too large for a double. */
  decimal(field: number, digits: string): void {
    const value = Number(digits);
    if (Number.isSafeInteger(value) && value >= 0) return this.int(field, value);
    const bits = BigInt.asUintN(64, BigInt(digits));
    const bytes: number[] = [];
    for (let rest = bits; ; rest >>= 7n) {
      const last = rest < 128n;
      bytes.push(Number(rest & 127n) | (last ? 0 : 128));
      if (last) break;
    }
    this.#raw(Buffer.from(bytes));
    this.#varint(field << 3);
  }

  flag(field: number, value: boolean): void {
    if (value) this.int(field, 1);
  }

  bytes(field: number, value: Uint8Array): void {
    if (value.length === 0) return;
    this.#raw(value);
    this.#delimited(field, value.length);
  }

  text(field: number, value: string): void {
    if (value === '') return;
    const length = Buffer.byteLength(value);
    this.#reserve(length);
    this.#at -= length;
    // What is as long in UTF-8 as in characters is ASCII, which the other encoding writes faster.
    this.#buffer.write(value, this.#at, length, length === value.length ? 'latin1' : 'utf8');
    this.#delimited(field, length);
  }

  /** Puts the head before an inner message that began (ended, in the order of bytes) when `length` was `since`. */
  close(field: number, since: number): void {
    this.#delimited(field, this.length - since);
  }

  /** The message with gRPC's head before it. Nothing may be written afterwards. */
  frame(): Buffer {
    const { length } = this;
    this.#reserve(head);
    this.#at -= head;
    this.#buffer[this.#at] = 0;
    this.#buffer.writeUInt32BE(length, this.#at + 1);
    return this.#buffer.subarray(this.#at);
  }

  #delimited(field: number, length: number): void {
    this.#varint(length);
    this.#varint((field << 3) | 2);
  }

  #raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#at -= bytes.length;
    this.#buffer.set(bytes, this.#at);
  }

  #varint(value: number): void {
    this.#reserve(10);
    const size = sizeOfVarint(value);
    this.#at -= size;
    let at = this.#at;
    let rest = value;
    // Bit operations know 32 bits only.
    for (; rest >= uint32; rest = Math.floor(rest / 128)) this.#buffer[at++] = (rest % 128) | 128;
    for (rest >>>= 0; rest >= 128; rest >>>= 7) this.#buffer[at++] = (rest & 127) | 128;
    this.#buffer[at] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#at >= bytes) return;
    const { length } = this;
    const larger = Buffer.allocUnsafe(2 * this.#buffer.length + bytes);
    this.#buffer.copy(larger, larger.length - length, this.#at);
    this.#buffer = larger;
    this.#at = larger.length - length;
  }
}

function sizeOfVarint(value: number): number {
  let size = 1;
  for (let limit = 128; value >= limit; limit *= 128) size++;
  return size;
}
