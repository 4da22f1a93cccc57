import {
  decodeBoolean, decodeBytes, decodeInt32, decodeInt64, decodeIntOrString, decodeMicroTime, decodeNumber, decodeQuantity, decodeString, decodeTime,
} from './decode-scalar.ts';
import { formatPath, mismatch, type Decoder, type State } from './decode-state.ts';
import { definition as builtin } from './definitions.ts';
import type { Definition, TypeSchema } from './definition.ts';
import { goType, goTypeName, zeroValue } from './go-type.ts';

/** What a decode found besides the value. */
export interface DecodeFindings {
  /** Paths of fields that the schema does not know, dropped from the object, in document order. */
  readonly unknown: readonly string[];
  /** First type mismatch in the wording of Go's decoder, or undefined. */
  readonly error: string | undefined;
}

const compiled = new WeakMap<Definition, Decoder>();
const byName = new Map<string, Decoder>();

/**
 * Decodes a parsed JSON object in place: checks types, drops unknown fields (reported) and nulls, writes amounts and
 * times in their canonical form, as a Go server does. On a type mismatch `error` is set and the object must not be used.
 */
export function decodeObject(object: unknown, schema: Definition | string): DecodeFindings {
  const state: State = { unknown: [], error: undefined, path: [] };
  const decode = typeof schema === 'string' ? decoderByName(schema) : decoderOf(schema);
  decode(object, state);
  return state;
}

/** Text for an unknown field, as strict decoding and warnings report it. */
export function unknownFieldMessage(path: string): string {
  return `unknown field ${JSON.stringify(path)}`;
}

function decoderByName(name: string): Decoder {
  let decoder = byName.get(name);
  if (decoder === undefined) {
    decoder = decoderOf(builtin(name));
    byName.set(name, decoder);
  }
  return decoder;
}

function decoderOf(schema: Definition): Decoder {
  let decoder = compiled.get(schema);
  if (decoder === undefined) {
    decoder = compileObject(schema);
    compiled.set(schema, decoder);
  }
  return decoder;
}

function compile(schema: TypeSchema): Decoder {
  switch (schema.type) {
    case 'string':
      return schema.format === undefined ? decodeString : { byte: decodeBytes, 'date-time': decodeTime, 'micro-time': decodeMicroTime }[schema.format];
    case 'boolean':
      return decodeBoolean;
    case 'integer':
      return schema.format === 'int32' ? decodeInt32 : decodeInt64;
    case 'number':
      return decodeNumber;
    case 'quantity':
      return decodeQuantity;
    case 'int-or-string':
      return decodeIntOrString;
    case 'any':
      return (value) => value;
    case 'array':
      return compileArray(schema);
    case 'map':
      return compileMap(schema);
    case 'ref':
      return lazily(() => decoderByName(schema.name));
    case 'object':
      return lazily(() => decoderOf(schema.definition));
  }
}

/** Types refer to each other and to themselves, so a reference is compiled when first met. */
function lazily(find: () => Decoder): Decoder {
  let decoder: Decoder | undefined;
  return (value, state) => (decoder ??= find())(value, state);
}

function compileObject(schema: Definition): Decoder {
  const fields = new Map<string, Decoder>();
  for (const field of schema.fields.values()) fields.set(field.name, compile(field.schema));
  const type = goTypeName(schema.name);
  return (value, state) => {
    if (!isObject(value)) return mismatch(value, state, type);
    for (const key in value) {
      const decoder = fields.get(key);
      const member = value[key];
      if (decoder === undefined) {
        if (schema.preserveUnknown === true) continue;
        state.unknown.push(formatPath([...state.path, key]));
        delete value[key];
      } else if (member === null) {
        delete value[key];
      } else if (decoder === decodeString && typeof member === 'string') {
        continue;
      } else {
        decodeMember(value, key, member, decoder, state);
      }
    }
    return value;
  };
}

function decodeMember(owner: Record<string, unknown>, key: string, member: unknown, decoder: Decoder, state: State): void {
  state.path.push(key);
  const kept = decoder(member, state);
  state.path.pop();
  if (kept !== member) owner[key] = kept;
}

function compileArray(schema: TypeSchema & { type: 'array' }): Decoder {
  const item = compile(schema.items);
  const type = goType(schema);
  return (value, state) => {
    if (!Array.isArray(value)) return mismatch(value, state, type);
    const list = value as unknown[];
    for (let index = 0; index < list.length; index++) {
      const member = list[index];
      state.path.push(index);
      const kept = member === null ? zeroValue(schema.items) : item(member, state);
      state.path.pop();
      if (kept !== member) list[index] = kept;
    }
    return list;
  };
}

function compileMap(schema: TypeSchema & { type: 'map' }): Decoder {
  const item = compile(schema.values);
  const type = goType(schema);
  return (value, state) => {
    if (!isObject(value)) return mismatch(value, state, type);
    for (const key in value) {
      const member = value[key];
      if (member === null) value[key] = zeroValue(schema.values);
      else if (item !== decodeString || typeof member !== 'string') decodeMember(value, key, member, item, state);
    }
    return value;
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
