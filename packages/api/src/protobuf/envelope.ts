import { definitionCodec } from './definition-codec.ts';
import { messageDefinition } from './message-kinds.ts';
import { malformed, ProtobufError } from './protobuf-error.ts';
import { Reader } from './reader.ts';
import { textOf } from './scalar-codecs.ts';
import type { Fields, MessageCodec } from './value-codec.ts';
import { bytesWire } from './wire.ts';
import { Writer } from './writer.ts';

/** `k8s` and a zero byte: tells an object of Kubernetes from any other protobuf. */
const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);

/** Which kind of object it is. */
export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}

/** An object that came as protobuf. */
export interface DecodedObject extends TypeMeta {
  /** As JSON.parse would give it, `apiVersion` and `kind` included; to be checked like any client's JSON. */
  readonly object: Record<string, unknown>;
}

/** The outer message, with the object still as bytes. */
interface Unknown {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

/** Whether there is a protobuf form of the kind: built-in kinds, their lists, and some of meta/v1. */
export function hasProtobufForm(apiVersion: string, kind: string): boolean {
  return messageDefinition(apiVersion, kind) !== undefined;
}

/**
 * Reads an object in the envelope that clients send. `expected` stands in for a kind that the bytes do not name.
 * Errors: `ProtobufError`, code `unknown-kind` where the kind has no protobuf form.
 */
export function decode(bytes: Uint8Array, expected?: TypeMeta): DecodedObject {
  const unknown = readUnknown(bytes);
  const apiVersion = unknown.apiVersion === '' ? (expected?.apiVersion ?? '') : unknown.apiVersion;
  const kind = unknown.kind === '' ? (expected?.kind ?? '') : unknown.kind;
  if (kind === '') throw malformed(`Object 'Kind' is missing in protobuf data`);
  const object: Fields = { apiVersion, kind };
  codecOf(apiVersion, kind).readFields(new Reader(unknown.raw), object);
  return { apiVersion, kind, object };
}

/** Writes an object with `apiVersion` and `kind`. Errors: `ProtobufError`. */
export function encode(object: object): Uint8Array {
  const { apiVersion, kind } = typeMetaOf(object);
  const writer = new Writer();
  writeTail(writer);
  codecOf(apiVersion, kind).write(writer, object);
  return sealed(writer, { apiVersion, kind });
}

/** The message of one object alone, to be kept and put into lists and envelopes. Errors: `ProtobufError`. */
export function encodeMessage(object: object, { apiVersion, kind }: TypeMeta = typeMetaOf(object)): Uint8Array {
  const writer = new Writer();
  codecOf(apiVersion, kind).writeFields(writer, object as Fields);
  return writer.finish();
}

/** An envelope around a message of {@link encodeMessage}. */
export function wrapMessage(type: TypeMeta, message: Uint8Array): Uint8Array {
  const writer = new Writer(message.length + 128);
  writeTail(writer);
  writer.raw(message);
  writer.uint32(message.length);
  return sealed(writer, type);
}

/** A list of messages of {@link encodeMessage}; `type` is that of the list. Errors: `ProtobufError`. */
export function encodeList(type: TypeMeta, metadata: object, messages: readonly Uint8Array[]): Uint8Array {
  const size = messages.reduce((sum, message) => sum + message.length + 6, 512);
  const writer = new Writer(size);
  writeTail(writer);
  const before = writer.size;
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index] as Uint8Array;
    writer.raw(message);
    writer.uint32(message.length);
    writer.tag(2, bytesWire);
  }
  listMetadataCodec().write(writer, metadata);
  writer.tag(1, bytesWire);
  writer.length(before);
  return sealed(writer, type);
}

/** `apiVersion` and `kind` of an object. Errors: `ProtobufError` when one is missing. */
function typeMetaOf(object: object): TypeMeta {
  const { apiVersion, kind } = object as { apiVersion?: unknown; kind?: unknown };
  return { apiVersion: textOf(apiVersion), kind: textOf(kind) };
}

function codecOf(apiVersion: string, kind: string): MessageCodec {
  const name = messageDefinition(apiVersion, kind);
  const codec = name === undefined ? undefined : definitionCodec(name);
  if (codec === undefined) throw new ProtobufError('unknown-kind', `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
  return codec;
}

function listMetadataCodec(): MessageCodec {
  const codec = definitionCodec('io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta');
  if (codec === undefined) throw new Error('no table of field numbers for ListMeta');
  return codec;
}

/** contentEncoding and contentType, always there and always empty. */
function writeTail(writer: Writer): void {
  for (const number of [4, 3]) {
    writer.string('');
    writer.tag(number, bytesWire);
  }
}

/** Finishes an envelope: the writer holds the message with its length, and the tail. */
function sealed(writer: Writer, { apiVersion, kind }: TypeMeta): Uint8Array {
  writer.tag(2, bytesWire);
  const before = writer.size;
  writer.string(kind);
  writer.tag(2, bytesWire);
  writer.string(apiVersion);
  writer.tag(1, bytesWire);
  writer.length(before);
  writer.tag(1, bytesWire);
  writer.raw(magic);
  return writer.finish();
}

function readUnknown(bytes: Uint8Array): Unknown {
  if (bytes.length < magic.length || magic.some((byte, index) => bytes[index] !== byte)) {
    throw malformed(`provided data does not appear to be a protobuf message, expected prefix [${magic.join(' ')}]`);
  }
  const reader = new Reader(bytes.subarray(magic.length));
  const found: { -readonly [key in keyof Unknown]: Unknown[key] } = { apiVersion: '', kind: '', raw: new Uint8Array() };
  while (!reader.atEnd) {
    const tag = reader.tag();
    if (tag === 8 + bytesWire) readTypeMeta(reader, found);
    else if (tag === 16 + bytesWire) found.raw = reader.bytes();
    else if (tag === 24 + bytesWire) refuseEncoding(reader.string());
    else reader.skip(tag);
  }
  return found;
}

function readTypeMeta(reader: Reader, found: { apiVersion: string; kind: string }): void {
  reader.message(() => {
    while (!reader.atEnd) {
      const tag = reader.tag();
      if (tag === 8 + bytesWire) found.apiVersion = reader.string();
      else if (tag === 16 + bytesWire) found.kind = reader.string();
      else reader.skip(tag);
    }
  });
}

function refuseEncoding(encoding: string): void {
  if (encoding !== '') throw malformed(`content encoding ${JSON.stringify(encoding)} of a protobuf object is not supported; send it plain`);
}
