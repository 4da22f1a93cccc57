import type { Json } from './type-schema.ts';

/**
 * The Swagger 2 document as the protobuf message `openapi.v2.Document`. kubectl up to 1.27 asks for nothing else and
 * reads whatever it gets as protobuf: without it create, apply, diff and explain of those versions fail.
 * Members are numbered as in that message; only what our document has is written.
 */
export function encodeDocumentV2(document: Json): Buffer {
  const { swagger, info, paths, definitions } = document as { swagger: string; info: Json; paths: Record<string, Json>; definitions: Record<string, Json> };
  return message([
    string(1, swagger),
    nested(2, [string(1, info['title']), string(2, info['version'])]),
    nested(8, Object.entries(paths).map(([path, item]) => nested(2, [string(1, path), nested(2, pathItem(item))]))),
    nested(9, named(1, definitions)),
  ]);
}

type Part = Buffer | readonly Part[];
const nothing: Part = [];

function pathItem(item: Json): Part[] {
  const methods: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };
  return [
    ...Object.entries(methods).map(([method, field]) => (item[method] === undefined ? nothing : nested(field, operation(item[method] as Json)))),
    parameters(9, item['parameters']),
  ];
}

function operation(value: Json): Part[] {
  return [
    strings(1, value['tags']),
    string(3, value['description']),
    string(5, value['operationId']),
    strings(6, value['produces']),
    strings(7, value['consumes']),
    parameters(8, value['parameters']),
    nested(9, Object.entries(value['responses'] as Record<string, Json>).map(([code, answer]) => nested(1, [string(1, code), nested(2, [nested(1, response(answer))])]))),
    strings(10, value['schemes']),
    extensions(13, value),
  ];
}

function response(value: Json): Part[] {
  return [string(1, value['description']), value['schema'] === undefined ? nothing : nested(2, [nested(1, schema(value['schema'] as Json))])];
}

function parameters(field: number, list: unknown): Part {
  return ((list as Json[] | undefined) ?? []).map((parameter) => nested(field, [nested(1, parameterBody(parameter))]));
}

function parameterBody(value: Json): Part[] {
  const base: Part[] = [string(3, value['description']), string(4, value['name'])];
  switch (value['in']) {
    case 'body':
      return [nested(1, [string(2, value['name']), string(3, 'body'), bool(4, value['required']), nested(5, schema(value['schema'] as Json))])];
    case 'path':
      return [nested(2, [nested(4, [bool(1, value['required']), string(2, 'path'), ...base, string(5, value['type']), bool(19, value['uniqueItems'])])])];
    default:
      return [nested(2, [nested(3, [bool(1, value['required']), string(2, 'query'), ...base, string(6, value['type']), bool(20, value['uniqueItems'])])])];
  }
}

function schema(value: Json): Part[] {
  const { $ref, format, description, required, type, items, properties, additionalProperties } = value;
  return [
    string(1, $ref),
    string(2, format),
    string(4, description),
    value['default'] === undefined ? nothing : nested(5, any(value['default'])),
    strings(19, required),
    ((value['enum'] as unknown[] | undefined) ?? []).map((item) => nested(20, any(item))),
    additionalProperties === undefined ? nothing : nested(21, [nested(1, schema(additionalProperties as Json))]),
    type === undefined ? nothing : nested(22, [string(1, type)]),
    items === undefined ? nothing : nested(23, [nested(1, schema(items as Json))]),
    properties === undefined ? nothing : nested(25, named(1, properties as Record<string, Json>)),
    extensions(31, value),
  ];
}

function named(field: number, map: Record<string, Json>): Part[] {
  return Object.entries(map).map(([name, value]) => nested(field, [string(1, name), nested(2, schema(value))]));
}

function extensions(field: number, value: Json): Part {
  return Object.entries(value).flatMap(([name, member]) => (name.startsWith('x-') ? [nested(field, [string(1, name), nested(2, any(member))])] : []));
}

/** Any value is carried as YAML text, of which JSON is a form. */
function any(value: unknown): Part[] {
  return [string(2, `${JSON.stringify(value)}\n`)];
}

function string(field: number, value: unknown): Part {
  if (typeof value !== 'string' || value === '') return nothing;
  const bytes = Buffer.from(value);
  return [varint((field << 3) | 2, bytes.length), bytes];
}

function strings(field: number, list: unknown): Part {
  return ((list as string[] | undefined) ?? []).map((item) => string(field, item));
}

function bool(field: number, value: unknown): Part {
  return value === true ? varint(field << 3, 1) : nothing;
}

function nested(field: number, parts: readonly Part[]): Part {
  const body = message(parts);
  return [varint((field << 3) | 2, body.length), body];
}

function message(parts: readonly Part[]): Buffer {
  const flat: Buffer[] = [];
  const collect = (part: Part): void => {
    if (Buffer.isBuffer(part)) flat.push(part);
    else part.forEach(collect);
  };
  collect(parts);
  return Buffer.concat(flat);
}

function varint(...values: readonly number[]): Buffer {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
  }
  return Buffer.from(bytes);
}
