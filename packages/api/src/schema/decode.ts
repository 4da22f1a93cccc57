import { canonicalQuantity, QuantityError } from '../quantity/index.ts';
import { canonicalMicroTime, canonicalTime } from '../time/index.ts';
import { definition as builtin } from './definitions.ts';
import type { Definition, TypeSchema } from './definition.ts';

/** What a decode found besides the value. */
export interface DecodeFindings {
  /** Paths of fields that the schema does not know, dropped from the object, in document order. */
  readonly unknown: readonly string[];
  /** First type mismatch in the wording of Go's decoder, or undefined. */
  readonly error: string | undefined;
}

interface State {
  unknown: string[];
  error: string | undefined;
  path: (string | number)[];
}

/** Checks and cleans a value; returns the value to keep, or undefined to drop the field (null). */
type Decoder = (value: unknown, state: State) => unknown;

const decoders = new WeakMap<Definition, Decoder>();
const byName = new Map<string, Decoder>();

/**
 * Decodes a parsed JSON object in place: checks types, drops unknown fields (reported) and nulls, as a Go server does.
 * On a type mismatch `error` is set and the object must not be used.
 */
export function decodeObject(object: Record<string, unknown>, schema: Definition | string): DecodeFindings {
  const state: State = { unknown: [], error: undefined, path: [] };
  const decode = typeof schema === 'string' ? decoderByName(schema) : decoderOf(schema);
  decode(object, state);
  return state;
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
  let decoder = decoders.get(schema);
  if (decoder === undefined) {
    decoder = compileObject(schema);
    decoders.set(schema, decoder);
  }
  return decoder;
}

function compile(schema: TypeSchema): Decoder {
  switch (schema.type) {
    case 'string':
      return schema.format === undefined ? decodeString : formats[schema.format];
    case 'boolean':
      return decodeBoolean;
    case 'integer':
      return schema.format === 'int32' ? decodeInt32 : decodeInt64;
    case 'number':
      return (value, state) => (typeof value === 'number' ? value : mismatch(value, state, 'float64'));
    case 'quantity':
      return decodeQuantity;
    case 'int-or-string':
      return decodeIntOrString;
    case 'any':
      return (value) => value;
    case 'array':
      return compileArray(compile(schema.items), goType(schema));
    case 'map':
      return compileMap(compile(schema.values), goType(schema));
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
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return mismatch(value, state, type);
    const object = value as Record<string, unknown>;
    for (const key in object) {
      const decoder = fields.get(key);
      if (decoder === undefined) {
        if (schema.preserveUnknown === true) continue;
        state.unknown.push(formatPath([...state.path, key]));
        delete object[key];
        continue;
      }
      const member = object[key];
      if (member === null) {
        delete object[key];
        continue;
      }
      state.path.push(key);
      const kept = decoder(member, state);
      state.path.pop();
      if (kept !== member) object[key] = kept;
    }
    return object;
  };
}

function compileArray(item: Decoder, type: string): Decoder {
  return (value, state) => {
    if (!Array.isArray(value)) return mismatch(value, state, type);
    for (let index = 0; index < value.length; index++) {
      const member: unknown = value[index];
      state.path.push(index);
      // Go decodes a null element as the zero value of the element type.
      const kept = member === null ? zeroOf(type) : item(member, state);
      state.path.pop();
      if (kept !== member) value[index] = kept;
    }
    return value;
  };
}

function compileMap(item: Decoder, type: string): Decoder {
  return (value, state) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return mismatch(value, state, type);
    const map = value as Record<string, unknown>;
    for (const key in map) {
      const member = map[key];
      state.path.push(key);
      const kept = member === null ? zeroOf(type) : item(member, state);
      state.path.pop();
      if (kept !== member) map[key] = kept;
    }
    return map;
  };
}

function zeroOf(type: string): unknown {
  const item = type.slice(type.lastIndexOf(']') + 1);
  if (type === '[]uint8') return 0;
  if (item === 'string') return '';
  if (/^(int|float)/.test(item)) return 0;
  if (item === 'bool') return false;
  return item === 'resource.Quantity' ? '0' : {};
}

const decodeString: Decoder = (value, state) => (typeof value === 'string' ? value : mismatch(value, state, 'string'));
const decodeBoolean: Decoder = (value, state) => (typeof value === 'boolean' ? value : mismatch(value, state, 'bool'));
const decodeInt32: Decoder = (value, state) =>
  typeof value === 'number' && (value | 0) === value ? value : mismatch(value, state, 'int32');
const decodeInt64: Decoder = (value, state) => (typeof value === 'number' && Number.isInteger(value) ? value : mismatch(value, state, 'int64'));

const decodeQuantity: Decoder = (value, state) => {
  if (typeof value !== 'string' && typeof value !== 'number') return mismatch(value, state, 'string');
  try {
    return canonicalQuantity(typeof value === 'string' ? value.trim() : value);
  } catch (error) {
    if (error instanceof QuantityError) return fail(state, error.message);
    throw error;
  }
};

const decodeIntOrString: Decoder = (value, state) =>
  typeof value === 'string' || (typeof value === 'number' && (value | 0) === value) ? value : mismatch(value, state, 'int32');

const formats: Readonly<Record<'byte' | 'date-time' | 'micro-time', Decoder>> = {
  byte: (value, state) => {
    if (typeof value !== 'string') return mismatch(value, state, '[]uint8');
    const clean = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value;
    const bad = base64Error(clean);
    return bad === undefined ? clean : fail(state, `illegal base64 data at input byte ${bad}`);
  },
  'date-time': (value, state) => {
    if (typeof value !== 'string') return mismatch(value, state, 'string');
    return canonicalTime(value) ?? fail(state, timeError(value, '2006-01-02T15:04:05Z07:00'));
  },
  'micro-time': (value, state) => {
    if (typeof value !== 'string') return mismatch(value, state, 'string');
    return canonicalMicroTime(value) ?? fail(state, timeError(value, '2006-01-02T15:04:05.000000Z07:00'));
  },
};

function timeError(value: string, layout: string): string {
  return `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`;
}

/** Offset of the first bad byte of standard base64 with padding, or undefined when it is well-formed. */
function base64Error(text: string): number | undefined {
  if (text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bad = text.search(/[^A-Za-z0-9+/]/);
  return bad < 0 ? text.length - (text.length % 4) : bad;
}

function mismatch(value: unknown, state: State, type: string): undefined {
  return fail(state, `json: cannot unmarshal ${jsonKind(value)} into Go ${state.path.length === 0 ? 'value' : `struct field ${fieldPath(state)}`} of type ${type}`);
}

function fail(state: State, error: string): undefined {
  state.error ??= error;
  return undefined;
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) < 2 ** 53 ? 'number' : `number ${value}`;
  return typeof value;
}

/** Go names struct fields only: no list indexes. */
function fieldPath(state: State): string {
  return state.path.filter((part) => typeof part === 'string').join('.');
}

/** `spec.containers[0].foo`, as field validation messages have it. */
export function formatPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
}

/** `v1.Pod` for `io.k8s.api.core.v1.Pod`. */
function goTypeName(name: string): string {
  return name.split('.').slice(-2).join('.');
}

function goType(schema: TypeSchema): string {
  switch (schema.type) {
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : schema.format === undefined ? 'string' : 'v1.Time';
    case 'boolean':
      return 'bool';
    case 'integer':
      return schema.format;
    case 'number':
      return 'float64';
    case 'quantity':
      return 'resource.Quantity';
    case 'int-or-string':
      return 'intstr.IntOrString';
    case 'array':
      return `[]${goType(schema.items)}`;
    case 'map':
      return `map[string]${goType(schema.values)}`;
    case 'ref':
      return goTypeName(schema.name);
    case 'object':
      return goTypeName(schema.definition.name);
    case 'any':
      return 'interface {}';
  }
}
