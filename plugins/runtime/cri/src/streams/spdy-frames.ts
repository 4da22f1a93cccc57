// The few frames of SPDY/3.1 that a client of Kubernetes' stream servers needs. The server never opens a stream and its
// replies say nothing in their headers, so no header is ever unpacked here.

export type Frame =
  | { readonly type: 'data'; readonly stream: number; readonly data: Buffer; readonly last: boolean }
  | { readonly type: 'reply'; readonly stream: number; readonly last: boolean }
  | { readonly type: 'reset'; readonly stream: number; readonly status: number }
  | { readonly type: 'ping'; readonly whole: Buffer; readonly id: number }
  | { readonly type: 'goaway' }
  | { readonly type: 'other' };

const control = { synStream: 1, synReply: 2, reset: 3, ping: 6, goaway: 7 };
const version = 3;
const finFlag = 1;

/** Takes bytes as they come and gives whole frames. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  *frames(chunk: Buffer): Generator<Frame> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (this.#rest.length - at >= 8) {
      const end = at + 8 + this.#rest.readUIntBE(at + 5, 3);
      if (end > this.#rest.length) break;
      yield frameOf(this.#rest.subarray(at, end));
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
  }
}

/** SYN_STREAM. Header blocks of one connection are one zlib stream: `first` begins it. */
export function openFrame(stream: number, headers: Readonly<Record<string, string>>, first: boolean): Buffer {
  const block = storedBlock(headerBlock(headers));
  const body = Buffer.alloc(10);
  body.writeUInt32BE(stream, 0);
  return controlFrame(control.synStream, 0, [body, first ? zlibStart : Buffer.alloc(0), block]);
}

/** A piece of a stream, the end of it with `last`. */
export function dataFrame(stream: number, data: Uint8Array, last: boolean): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(stream, 0);
  head.writeUInt8(last ? finFlag : 0, 4);
  head.writeUIntBE(data.length, 5, 3);
  return Buffer.concat([head, data]);
}

/** RST_STREAM: this side is not interested any more. */
export function resetFrame(stream: number): Buffer {
  const cancel = 5;
  const body = Buffer.alloc(8);
  body.writeUInt32BE(stream, 0);
  body.writeUInt32BE(cancel, 4);
  return controlFrame(control.reset, 0, [body]);
}

function frameOf(bytes: Buffer): Frame {
  const first = bytes.readUInt32BE(0);
  const last = (bytes.readUInt8(4) & finFlag) !== 0;
  if ((first & 0x8000_0000) === 0) return { type: 'data', stream: first, data: bytes.subarray(8), last };
  const kind = first & 0xffff;
  if (kind === control.goaway) return { type: 'goaway' };
  if (bytes.length < 12) return { type: 'other' };
  const id = bytes.readUInt32BE(8);
  if (kind === control.synReply) return { type: 'reply', stream: id & 0x7fff_ffff, last };
  if (kind === control.reset && bytes.length >= 16) return { type: 'reset', stream: id & 0x7fff_ffff, status: bytes.readUInt32BE(12) };
  return kind === control.ping ? { type: 'ping', whole: Buffer.from(bytes), id } : { type: 'other' };
}

function controlFrame(kind: number, flags: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.writeUInt16BE(0x8000 | version, 0);
  head.writeUInt16BE(kind, 2);
  head.writeUInt8(flags, 4);
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(headers);
  const words = entries.flatMap(([name, value]) => [sized(name.toLowerCase()), sized(value)]);
  return Buffer.concat([number(entries.length), ...words]);
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Deflate, 32 KiB window, no dictionary: what follows is not compressed, so SPDY's dictionary is not needed. */
const zlibStart = Buffer.from([0x78, 0x01]);
/** An empty block: makes the other side hand out what it has so far. */
const flush = Buffer.from([0, 0, 0, 0xff, 0xff]);

function storedBlock(data: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt16LE(data.length, 1);
  head.writeUInt16LE(0xffff - data.length, 3);
  return Buffer.concat([head, data, flush]);
}
