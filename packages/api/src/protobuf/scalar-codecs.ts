import { fromBase64, toBase64 } from './base64.ts';
import { malformed } from './protobuf-error.ts';
import type { ValueCodec } from './value-codec.ts';
import { bytesWire, fixed64Wire, varintWire } from './wire.ts';

function numberOf(value: unknown): number {
  if (value === undefined) return 0;
  if (typeof value !== 'number') throw malformed(`expected a number, got ${typeof value}`);
  return value;
}

/** Errors: `ProtobufError` for anything but a string or undefined. */
export function textOf(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') throw malformed(`expected a string, got ${typeof value}`);
  return value;
}

export const textCodec: ValueCodec = {
  wire: bytesWire,
  zero: '',
  nilable: false,
  write: (writer, value) => {
    writer.string(textOf(value));
  },
  read: (reader) => reader.string(),
  isZero: (value) => value === '',
};

/** Base64 in JSON, plain bytes here; nil and empty are different. */
export const bytesCodec: ValueCodec = {
  wire: bytesWire,
  zero: '',
  nilable: true,
  write: (writer, value) => {
    const bytes = fromBase64(textOf(value));
    writer.raw(bytes);
    writer.uint32(bytes.length);
  },
  read: (reader) => toBase64(reader.bytes()),
  isZero: () => false,
};

export const boolCodec: ValueCodec = {
  wire: varintWire,
  zero: false,
  nilable: false,
  write: (writer, value) => {
    if (value !== undefined && typeof value !== 'boolean') throw malformed(`expected a boolean, got ${typeof value}`);
    writer.bool(value === true);
  },
  read: (reader) => reader.bool(),
  isZero: (value) => value === false,
};

export const int32Codec: ValueCodec = {
  wire: varintWire,
  zero: 0,
  nilable: false,
  write: (writer, value) => {
    writer.int64(numberOf(value));
  },
  read: (reader) => reader.int32(),
  isZero: (value) => value === 0,
};

export const int64Codec: ValueCodec = { ...int32Codec, read: (reader) => reader.int64() };

export const doubleCodec: ValueCodec = {
  wire: fixed64Wire,
  zero: 0,
  nilable: false,
  write: (writer, value) => {
    writer.double(numberOf(value));
  },
  read: (reader) => {
    const value = reader.double();
    if (!Number.isFinite(value)) throw malformed('a number is not finite, which JSON cannot carry');
    return value;
  },
  isZero: (value) => value === 0,
};
