/** Bytes that hold the length of a nested message; the length is padded, so that it can be filled in afterwards. */
const lengthBytes = 4;

/** Writes protobuf messages into one growing buffer, in one pass. */
export class ProtobufWriter {
  private buffer = Buffer.allocUnsafe(1 << 16);
  private at = 0;

  /** A text member; nothing for anything but a non-empty string. */
  string(field: number, value: unknown): void {
    if (typeof value !== 'string' || value === '') return;
    this.reserve(value.length * 3 + 16);
    this.varint((field << 3) | 2);
    const start = this.at + lengthBytes;
    this.length(this.at, this.buffer.write(value, start));
  }

  /** A true boolean; false is the default and not written. */
  bool(field: number, value: unknown): void {
    if (value !== true) return;
    this.reserve(16);
    this.varint(field << 3);
    this.varint(1);
  }

  /** A nested message whose members `fill` writes. */
  nested(field: number, fill: () => void): void {
    const opened = this.open(field);
    fill();
    this.close(opened);
  }

  /** Begins a nested message; hand the result to {@link close} when its members are written. */
  open(field: number): number {
    this.reserve(16);
    this.varint((field << 3) | 2);
    const at = this.at;
    this.at += lengthBytes;
    return at;
  }

  close(opened: number): void {
    this.length(opened, this.at - opened - lengthBytes);
  }

  /** All that was written. */
  finish(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.at));
  }

  /** Fills a length in and continues behind what it counts. */
  private length(at: number, value: number): void {
    for (let index = 0; index < lengthBytes; index += 1) {
      const more = index < lengthBytes - 1 ? 128 : 0;
      this.buffer[at + index] = ((value >>> (7 * index)) & 127) | more;
    }
    this.at = at + lengthBytes + value;
  }

  private varint(value: number): void {
    let rest = value;
    for (; rest > 127; rest >>>= 7) this.buffer[this.at++] = (rest & 127) | 128;
    this.buffer[this.at++] = rest;
  }

  private reserve(bytes: number): void {
    if (this.at + bytes + lengthBytes <= this.buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + bytes + lengthBytes));
    this.buffer.copy(grown, 0, 0, this.at);
    this.buffer = grown;
  }
}
