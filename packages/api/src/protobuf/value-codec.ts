import type { Reader } from './reader.ts';
import type { WireType } from './wire.ts';
import type { Writer } from './writer.ts';

/** Form of one single value, without its tag. */
export interface ValueCodec {
  readonly wire: WireType;
  /** What JSON has for the zero value; undefined where JSON has nothing (a time). */
  readonly zero: unknown;
  /** Nothing stands for an absent value: Go's nil slices. Others write their zero value where they must not be left out. */
  readonly nilable: boolean;
  /** Undefined is written as zero. Errors: `ProtobufError` for a value of another type. */
  write(writer: Writer, value: unknown): void;
  /** `existing` is what an earlier occurrence of the same field left, to be merged into. Errors: `ProtobufError`. */
  read(reader: Reader, existing?: unknown): unknown;
  isZero(value: unknown): boolean;
}

/** Form of a message. */
export interface MessageCodec extends ValueCodec {
  /** The fields alone, without the length that {@link ValueCodec.write} adds. Errors: `ProtobufError`. */
  writeFields(writer: Writer, owner: Fields): void;
  /** Reads fields up to the reader's end into `owner`. Errors: `ProtobufError`. */
  readFields(reader: Reader, owner: Fields): void;
}

/** A JSON object. */
export type Fields = Record<string, unknown>;

/** Sets a member whose name comes from the bytes: `__proto__` is a name like any other. */
export function setMember(owner: Fields, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(owner, name, { value, writable: true, enumerable: true, configurable: true });
  else owner[name] = value;
}

/** Whether the value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
