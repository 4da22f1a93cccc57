import { malformed } from './protobuf-error.ts';
import { upperWeight } from './wire.ts';

/** Messages may nest this deep; real objects need about 15, schemas of custom kinds somewhat more. */
const maxDepth = 200;
/** Below this length joining characters is faster than a TextDecoder. */
const shortText = 32;

// Not fatal would hide damage, and a leading byte order mark is data here.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Walks over protobuf bytes; every step is checked against the innermost message's end. Errors: `ProtobufError`. */
export class Reader {
  #position = 0;
  #end: number;
  #depth = 0;
  readonly #view: DataView;
  #low = 0;
  #high = 0;

  constructor(private readonly source: Uint8Array) {
    this.#end = source.length;
    this.#view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  /** Whether the innermost message has no more fields. */
  get atEnd(): boolean {
    return this.#position >= this.#end;
  }

  /** Runs `body` on the message that a length announces here. */
  message(body: () => void): void {
    const outer = this.#end;
    this.#end = this.#announced();
    if (++this.#depth > maxDepth) throw malformed(`the message nests more than ${maxDepth} levels`);
    body();
    this.#depth--;
    this.#end = outer;
  }

  /** Field number times eight plus wire type, at most 2^32 - 1. */
  tag(): number {
    this.#varint();
    const tag = this.#low;
    if (this.#high !== 0 || tag < 8) throw malformed(`proto: illegal tag ${Math.floor(tag / 8)} (wire type ${tag % 8})`);
    return tag;
  }

  bool(): boolean {
    this.#varint();
    return (this.#low | this.#high) !== 0;
  }

  int32(): number {
    this.#varint();
    return this.#low | 0;
  }

  /** Loses precision beyond 2^53, as JSON does. */
  int64(): number {
    this.#varint();
    return (this.#high | 0) * upperWeight + this.#low;
  }

  double(): number {
    const at = this.#take(8);
    return this.#view.getFloat64(at, true);
  }

  /** A view of the source, not a copy. */
  bytes(): Uint8Array {
    const end = this.#announced();
    const found = this.source.subarray(this.#position, end);
    this.#position = end;
    return found;
  }

  string(): string {
    const start = this.#position;
    const end = this.#announced();
    if (end - this.#position <= shortText) {
      let text = '';
      let at = this.#position;
      for (; at < end; at++) {
        const byte = this.source[at] as number;
        if (byte >= 0x80) break;
        text += String.fromCharCode(byte);
      }
      if (at === end) {
        this.#position = end;
        return text;
      }
    }
    this.#position = start;
    try {
      return utf8.decode(this.bytes());
    } catch {
      throw malformed('a string holds bytes that are not UTF-8');
    }
  }

  /** Passes over the value of a field nobody knows. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.#varint();
        return;
      case 1:
        this.#take(8);
        return;
      case 2:
        this.bytes();
        return;
      case 3:
        this.#skipGroup();
        return;
      case 5:
        this.#take(4);
        return;
      default:
        throw malformed(`proto: illegal wire type ${tag & 7}`);
    }
  }

  /** Groups are long out of use, but a decoder has to get past them. */
  #skipGroup(): void {
    if (++this.#depth > maxDepth) throw malformed(`the message nests more than ${maxDepth} levels`);
    for (;;) {
      const tag = this.tag();
      if ((tag & 7) === 4) break;
      this.skip(tag);
    }
    this.#depth--;
  }

  #announced(): number {
    this.#varint();
    if (this.#high !== 0) throw malformed('proto: negative or oversized length');
    const length = this.#low;
    const end = this.#position + length;
    if (end > this.#end) throw malformed('unexpected EOF');
    return end;
  }

  #take(count: number): number {
    const at = this.#position;
    if (at + count > this.#end) throw malformed('unexpected EOF');
    this.#position = at + count;
    return at;
  }

  /** Leaves the two halves of the number, unsigned, in #low and #high: no object per number. */
  #varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.#position >= this.#end) throw malformed('unexpected EOF');
      const byte = this.source[this.#position++] as number;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else if (shift < 63) high |= bits << (shift - 32);
      else if (bits <= 1) high |= bits << 31;
      else break;
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high >>> 0;
        return;
      }
    }
    throw malformed('proto: integer overflow');
  }
}
