/** The bytes are no message of the protocol. */
export class MalformedMessageError extends Error {}

/** Wire types of protobuf. */
const kinds = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;

/**
 * Reads protobuf messages from one buffer without copying anything. Inner messages are read by the same reader:
 * `enter` one, read until `tag` gives 0, `leave` with what `enter` gave.
 */
export class MessageReader {
  #at: number;
  #end: number;

  constructor(private readonly buffer: Buffer) {
    this.#at = 0;
    this.#end = buffer.length;
  }

  /** Number and wire type of the next field as protobuf packs them, `number << 3 | type`; 0 at the end of the message. */
  tag(): number {
    return this.#at < this.#end ? this.int() : 0;
  }

  /** A number up to 2^53; larger ones lose their last digits. */
  int(): number {
    let byte = this.#byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let unit = 128, left = 9; left > 0; left--, unit *= 128) {
      byte = this.#byte();
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
    throw new MalformedMessageError('a number is longer than 64 bits');
  }

  /** A signed 64-bit number in decimal digits. */
  decimal(): string {
    const start = this.#at;
    const value = this.int();
    if (Number.isSafeInteger(value)) return String(value);
    let bits = 0n;
    for (let at = this.#at - 1; at >= start; at--) bits = (bits << 7n) | BigInt(this.buffer[at]! & 127);
    return String(BigInt.asIntN(64, bits));
  }

  flag(): boolean {
    return this.int() !== 0;
  }

  text(): string {
    const { start, end } = this.#delimited();
    return this.buffer.toString('utf8', start, end);
  }

  /** A view of the buffer, not a copy. */
  bytes(): Buffer {
    const { start, end } = this.#delimited();
    return this.buffer.subarray(start, end);
  }

  /** Goes into an inner message. */
  enter(): number {
    const outer = this.#end;
    const length = this.int();
    if (this.#at + length > outer) throw new MalformedMessageError('a message is longer than the one around it');
    this.#end = this.#at + length;
    return outer;
  }

  leave(outer: number): void {
    this.#at = this.#end;
    this.#end = outer;
  }

  /** Passes over the value of a field that nobody wants; later versions of a server add some. */
  skip(tag: number): void {
    const kind = tag & 7;
    if (kind === kinds.varint) this.int();
    else if (kind === kinds.delimited) this.#delimited();
    else if (kind === kinds.fixed64) this.#move(8);
    else if (kind === kinds.fixed32) this.#move(4);
    else throw new MalformedMessageError(`there is no wire type ${kind}`);
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new MalformedMessageError('a message ends within a field');
    return this.buffer[this.#at++]!;
  }

  #delimited(): { readonly start: number; readonly end: number } {
    const length = this.int();
    const start = this.#at;
    this.#move(length);
    return { start, end: this.#at };
  }

  #move(bytes: number): void {
    if (this.#at + bytes > this.#end) throw new MalformedMessageError('a field is longer than its message');
    this.#at += bytes;
  }
}
