import { malformed } from './protobuf-error.ts';
import { Reader } from './reader.ts';
import { bytesWire } from './wire.ts';
import { Writer } from './writer.ts';

/** One event of a watch. */
export interface WatchFrame {
  readonly type: string;
  /** The object in its envelope. */
  readonly object: Uint8Array;
}

const lengthBytes = 4;

/** A frame of a watch stream: its length in four bytes, big-endian, and a WatchEvent without an envelope of its own. */
export function encodeWatchFrame({ type, object }: WatchFrame): Uint8Array {
  const writer = new Writer(object.length + 64);
  const before = writer.size;
  writer.raw(object);
  writer.uint32(object.length);
  writer.tag(1, bytesWire);
  writer.length(before);
  writer.tag(2, bytesWire);
  writer.string(type);
  writer.tag(1, bytesWire);
  const size = writer.size;
  writer.raw(Uint8Array.of(size >>> 24, size >>> 16, size >>> 8, size));
  return writer.finish();
}

/** The first frame of a piece of a watch stream, and the rest; undefined while the frame is not whole. Errors: `ProtobufError`. */
export function decodeWatchFrame(bytes: Uint8Array): { readonly frame: WatchFrame; readonly rest: Uint8Array } | undefined {
  if (bytes.length < lengthBytes) return undefined;
  const end = lengthBytes + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (bytes.length < end) return undefined;
  const reader = new Reader(bytes.subarray(lengthBytes, end));
  let type = '';
  let object: Uint8Array | undefined;
  while (!reader.atEnd) {
    const tag = reader.tag();
    if (tag === 8 + bytesWire) type = reader.string();
    else if (tag === 16 + bytesWire) object = readRaw(reader);
    else reader.skip(tag);
  }
  if (object === undefined) throw malformed('a watch event has no object');
  return { frame: { type, object }, rest: bytes.subarray(end) };
}

function readRaw(reader: Reader): Uint8Array | undefined {
  let raw: Uint8Array | undefined;
  reader.message(() => {
    while (!reader.atEnd) {
      const tag = reader.tag();
      if (tag === 8 + bytesWire) raw = reader.bytes();
      else reader.skip(tag);
    }
  });
  return raw;
}
