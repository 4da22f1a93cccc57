import type { Field } from '../schema/index.ts';
import { malformed } from './protobuf-error.ts';
import type { FieldLayout, Layout } from './layout.ts';
import { isFields, setMember, type Fields, type MessageCodec, type ValueCodec } from './value-codec.ts';
import type { Reader } from './reader.ts';
import { bytesWire, type WireType } from './wire.ts';
import type { Writer } from './writer.ts';

/** One field of a message, tag included. */
interface MemberCodec {
  readonly number: number;
  write(writer: Writer, owner: Fields): void;
  read(reader: Reader, wire: WireType, owner: Fields): void;
}

/** Finds the codec of a field's values; lists and maps are taken apart by {@link messageCodec}. */
export type CodecFinder = (schema: Field['schema']) => ValueCodec;

/** The codec of a message with these fields. Errors: an `Error` when a number has no field, a mistake in the tables. */
export function messageCodec(layouts: readonly Layout[], fields: ReadonlyMap<string, Field>, find: CodecFinder): MessageCodec {
  const members = membersOf(layouts, fields, find);
  const byNumber = new Map(members.map((member) => [member.number, member]));
  const descending = [...members].sort((a, b) => b.number - a.number);
  const writeFields = (writer: Writer, owner: Fields): void => {
    for (const member of descending) member.write(writer, owner);
  };
  const readFields = (reader: Reader, owner: Fields): void => {
    while (!reader.atEnd) {
      const tag = reader.tag();
      const member = byNumber.get(tag >>> 3);
      if (member === undefined) reader.skip(tag);
      else member.read(reader, (tag & 7) as WireType, owner);
    }
  };
  return {
    wire: bytesWire,
    zero: {},
    nilable: false,
    writeFields,
    readFields,
    write: (writer, value) => {
      if (value !== undefined && !isFields(value)) throw malformed(`expected an object, got ${Array.isArray(value) ? 'array' : typeof value}`);
      const before = writer.size;
      writeFields(writer, value ?? {});
      writer.length(before);
    },
    read: (reader, existing) => {
      const owner = isFields(existing) ? existing : {};
      reader.message(() => {
        readFields(reader, owner);
      });
      return owner;
    },
    isZero: (value) => Object.keys(value as Fields).length === 0,
  };
}

function membersOf(layouts: readonly Layout[], fields: ReadonlyMap<string, Field>, find: CodecFinder): MemberCodec[] {
  const members: MemberCodec[] = [];
  for (const layout of layouts) {
    if ('members' in layout) {
      members.push(inlineMember(layout.number, messageCodec(layout.members, fields, find)));
      continue;
    }
    const field = fields.get(layout.name);
    if (field === undefined) throw new Error(`table of field numbers: ${layout.name} is not a field of the definition`);
    members.push(memberOf(layout, field, find));
  }
  return members;
}

function memberOf(layout: FieldLayout, field: Field, find: CodecFinder): MemberCodec {
  const { schema } = field;
  if (schema.type === 'map') return mapMember(layout, valueCodec(schema.values, find));
  if (schema.type === 'array' && !layout.wrapped) return listMember(layout, find(schema.items));
  return singleMember(layout, valueCodec(schema, find), field.required);
}

/** A list that is a value itself (in a map, or wrapped) is a message of its own. */
function valueCodec(schema: Field['schema'], find: CodecFinder): ValueCodec {
  return schema.type === 'array' ? wrappedList(find(schema.items)) : find(schema);
}

function singleMember({ name, number, optional }: FieldLayout, codec: ValueCodec, required: boolean): MemberCodec {
  const skipAbsent = optional || codec.nilable;
  return {
    number,
    write: (writer, owner) => {
      const value = owner[name] ?? undefined;
      if (value === undefined && skipAbsent) return;
      codec.write(writer, value);
      writer.tag(number, codec.wire);
    },
    read: (reader, wire, owner) => {
      expectWire(name, wire, codec.wire);
      const value = codec.read(reader, owner[name]);
      // Go writes single values that were never set; its JSON has them for required fields only.
      const dropped = value === undefined || (!optional && !required && codec.isZero(value));
      if (!dropped) owner[name] = value;
      else if (name in owner) delete owner[name];
    },
  };
}

function listMember({ name, number }: FieldLayout, codec: ValueCodec): MemberCodec {
  return {
    number,
    write: (writer, owner) => {
      const list = listOf(owner[name], name);
      for (let index = list.length - 1; index >= 0; index--) {
        codec.write(writer, list[index] ?? undefined);
        writer.tag(number, codec.wire);
      }
    },
    read: (reader, wire, owner) => {
      const list = (owner[name] ??= []) as unknown[];
      if (wire === bytesWire && codec.wire !== bytesWire) {
        reader.message(() => {
          while (!reader.atEnd) list.push(codec.read(reader));
        });
        return;
      }
      expectWire(name, wire, codec.wire);
      list.push(codec.read(reader) ?? null);
    },
  };
}

function mapMember({ name, number }: FieldLayout, codec: ValueCodec): MemberCodec {
  return {
    number,
    write: (writer, owner) => {
      const map = owner[name] ?? {};
      if (!isFields(map)) throw malformed(`${name}: expected an object`);
      for (const key of Object.keys(map).sort().reverse()) {
        const before = writer.size;
        codec.write(writer, map[key] ?? undefined);
        writer.tag(2, codec.wire);
        writer.string(key);
        writer.tag(1, bytesWire);
        writer.length(before);
        writer.tag(number, bytesWire);
      }
    },
    read: (reader, wire, owner) => {
      expectWire(name, wire, bytesWire);
      const map = (owner[name] ??= {}) as Fields;
      let key = '';
      let value: unknown = undefined;
      reader.message(() => {
        while (!reader.atEnd) {
          const tag = reader.tag();
          if (tag === 8 + bytesWire) key = reader.string();
          else if (tag === 16 + codec.wire) value = codec.read(reader, value);
          else reader.skip(tag);
        }
      });
      setMember(map, key, value === undefined ? structuredClone(codec.zero ?? null) : value);
    },
  };
}

/** Fields of a message that JSON does not nest; the message is always written. */
function inlineMember(number: number, codec: ValueCodec): MemberCodec {
  return {
    number,
    write: (writer, owner) => {
      codec.write(writer, owner);
      writer.tag(number, bytesWire);
    },
    read: (reader, wire, owner) => {
      expectWire('inlined message', wire, bytesWire);
      codec.read(reader, owner);
    },
  };
}

/** `items=1` and nothing else: lists where protobuf knows no lists. */
function wrappedList(items: ValueCodec): ValueCodec {
  const member = listMember({ name: 'items', number: 1, optional: false, wrapped: false }, items);
  return {
    wire: bytesWire,
    zero: [],
    nilable: true,
    write: (writer, value) => {
      const before = writer.size;
      member.write(writer, { items: value });
      writer.length(before);
    },
    read: (reader, existing) => {
      const owner: Fields = { items: Array.isArray(existing) ? existing : [] };
      reader.message(() => {
        while (!reader.atEnd) {
          const tag = reader.tag();
          if (tag >>> 3 === 1) member.read(reader, (tag & 7) as WireType, owner);
          else reader.skip(tag);
        }
      });
      return owner['items'];
    },
    isZero: () => false,
  };
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw malformed(`${name}: expected a list`);
  return value;
}

function expectWire(name: string, wire: WireType, expected: WireType): void {
  if (wire !== expected) throw malformed(`proto: wrong wireType = ${wire} for field ${name}`);
}
