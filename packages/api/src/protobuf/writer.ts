import { upperWeight, type WireType } from './wire.ts';

const utf8 = new TextEncoder();
/** Below this length copying characters is faster than a TextEncoder. */
const shortText = 64;

/**
 * Builds protobuf bytes from the last to the first, so that a message's length is known when it is to be written:
 * whoever writes a field writes the value, then its length, then its tag.
 */
export class Writer {
  #bytes: Uint8Array;
  #start: number;
  #view: DataView;

  constructor(capacity = 1024) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
    this.#start = capacity;
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#bytes.length - this.#start;
  }

  /** What was written; the writer must not be used afterwards. */
  finish(): Uint8Array {
    return this.#bytes.subarray(this.#start);
  }

  tag(number: number, wire: WireType): void {
    this.uint32(number * 8 + wire);
  }

  /** Writes the length of what came after `size` was `before`. */
  length(before: number): void {
    this.uint32(this.size - before);
  }

  /** Also lengths: up to 2^32 - 1. */
  uint32(value: number): void {
    let count = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) count++;
    let at = this.#reserve(count);
    let rest = value;
    for (; count > 1; count--) {
      this.#bytes[at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[at] = rest;
  }

  /** Negative numbers take ten bytes, as two's complement of 64 bits. */
  int64(value: number): void {
    if (value >= 0 && value < upperWeight) {
      this.uint32(value);
      return;
    }
    const parts: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)));
    for (; rest >= 0x80n; rest >>= 7n) parts.push(Number(rest & 0x7fn) | 0x80);
    parts.push(Number(rest));
    this.raw(Uint8Array.from(parts));
  }

  bool(value: boolean): void {
    this.uint32(value ? 1 : 0);
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value, true);
  }

  /** As they are, without a length. */
  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** With its length. */
  string(text: string): void {
    const before = this.size;
    if (text.length > shortText || !this.#ascii(text)) this.raw(utf8.encode(text));
    this.length(before);
  }

  #ascii(text: string): boolean {
    for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) >= 0x80) return false;
    const at = this.#reserve(text.length);
    for (let index = 0; index < text.length; index++) this.#bytes[at + index] = text.charCodeAt(index);
    return true;
  }

  #reserve(count: number): number {
    if (count > this.#start) this.#grow(count);
    this.#start -= count;
    return this.#start;
  }

  #grow(count: number): void {
    const size = this.size;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, size + count));
    grown.set(this.finish(), grown.length - size);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
    this.#start = grown.length - size;
  }
}
