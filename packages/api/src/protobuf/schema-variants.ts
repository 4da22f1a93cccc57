import type { Reader } from './reader.ts';
import type { ValueCodec } from './value-codec.ts';
import { bytesWire, varintWire } from './wire.ts';
import type { Writer } from './writer.ts';

/** What a variant of JSONSchemaProps may hold besides a schema, under field 2. */
interface Alternative {
  matches(value: unknown): boolean;
  write(writer: Writer, value: unknown): void;
  read(reader: Reader, existing: unknown): unknown;
}

/** A schema (field 1) or a list (field 2): JSONSchemaPropsOrArray, JSONSchemaPropsOrStringArray. */
export function schemaOrList(schema: ValueCodec, items: ValueCodec): ValueCodec {
  return schemaOr(schema, {
    matches: (value) => Array.isArray(value),
    write: (writer, value) => {
      for (const item of [...(value as unknown[])].reverse()) {
        items.write(writer, item);
        writer.tag(2, items.wire);
      }
    },
    read: (reader, existing) => [...(Array.isArray(existing) ? (existing as unknown[]) : []), items.read(reader)],
  });
}

function schemaOr(schema: ValueCodec, other: Alternative): ValueCodec {
  return {
    wire: bytesWire,
    zero: undefined,
    nilable: false,
    write: (writer, value) => {
      const before = writer.size;
      if (other.matches(value)) other.write(writer, value);
      else if (value !== undefined) {
        schema.write(writer, value);
        writer.tag(1, bytesWire);
      }
      writer.length(before);
    },
    read: (reader) => {
      let found: unknown = undefined;
      reader.message(() => {
        while (!reader.atEnd) {
          const tag = reader.tag();
          if (tag === 8 + bytesWire) found = schema.read(reader, found);
          else if (tag === 16 + bytesWire) found = other.read(reader, found);
          else reader.skip(tag);
        }
      });
      return found;
    },
    isZero: (value) => value === undefined,
  };
}

/** A truth value (field 1) or a schema (field 2): JSONSchemaPropsOrBool. A schema allows what it allows: field 1 is true. */
export function schemaOrBool(schema: ValueCodec): ValueCodec {
  return {
    wire: bytesWire,
    zero: false,
    nilable: false,
    write: (writer, value) => {
      const before = writer.size;
      const isSchema = typeof value === 'object' && value !== null;
      if (isSchema) {
        schema.write(writer, value);
        writer.tag(2, bytesWire);
      }
      writer.bool(isSchema || value === true);
      writer.tag(1, varintWire);
      writer.length(before);
    },
    read: (reader) => {
      let allows = false;
      let found: unknown = undefined;
      reader.message(() => {
        while (!reader.atEnd) {
          const tag = reader.tag();
          if (tag === 8 + varintWire) allows = reader.bool();
          else if (tag === 16 + bytesWire) found = schema.read(reader, found);
          else reader.skip(tag);
        }
      });
      return found ?? allows;
    },
    isZero: () => false,
  };
}
