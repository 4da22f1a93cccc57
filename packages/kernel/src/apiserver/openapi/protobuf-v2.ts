import { ProtobufWriter } from './protobuf-writer.ts';
import type { Steps } from './steps.ts';
import type { Json } from './type-schema.ts';

/**
 * The Swagger 2 document as the protobuf message `openapi.v2.Document`. kubectl up to 1.27 asks for nothing else and
 * reads whatever it gets as protobuf: without it create, apply, diff and explain of those versions fail.
 * Members are numbered as in that message; only what our document has is written.
 */
export function* encodeDocumentV2(document: Json): Steps<Buffer> {
  const { swagger, info, paths, definitions } = document as { swagger: string; info: Json; paths: Record<string, Json>; definitions: Record<string, Json> };
  const to = new ProtobufWriter();
  to.string(1, swagger);
  to.nested(2, () => {
    to.string(1, info['title']);
    to.string(2, info['version']);
  });
  const inPaths = to.open(8);
  for (const path in paths) {
    writeEntry(to, { field: 2, name: path, value: paths[path]!, write: writePathItem });
    yield;
  }
  to.close(inPaths);
  const inDefinitions = to.open(9);
  for (const name in definitions) {
    writeEntry(to, { field: 1, name, value: definitions[name]!, write: writeSchema });
    yield;
  }
  to.close(inDefinitions);
  return to.finish();
}

type Write = (to: ProtobufWriter, value: Json) => void;

function writeNamed(to: ProtobufWriter, entries: { readonly field: number; readonly map: Record<string, Json>; readonly write: Write }): void {
  for (const [name, value] of Object.entries(entries.map)) writeEntry(to, { field: entries.field, name, value, write: entries.write });
}

function writeEntry(to: ProtobufWriter, entry: { readonly field: number; readonly name: string; readonly value: Json; readonly write: Write }): void {
  to.nested(entry.field, () => {
    to.string(1, entry.name);
    to.nested(2, () => entry.write(to, entry.value));
  });
}

const methods: Readonly<Record<string, number>> = { get: 2, put: 3, post: 4, delete: 5, patch: 8 };

function writePathItem(to: ProtobufWriter, item: Json): void {
  for (const [method, field] of Object.entries(methods)) {
    if (item[method] !== undefined) to.nested(field, () => writeOperation(to, item[method] as Json));
  }
  writeParameters(to, 9, item['parameters']);
}

function writeOperation(to: ProtobufWriter, value: Json): void {
  writeStrings(to, 1, value['tags']);
  to.string(3, value['description']);
  to.string(5, value['operationId']);
  writeStrings(to, 6, value['produces']);
  writeStrings(to, 7, value['consumes']);
  writeParameters(to, 8, value['parameters']);
  to.nested(9, () => {
    const responses = value['responses'] as Record<string, Json>;
    writeNamed(to, { field: 1, map: responses, write: (_, response) => to.nested(1, () => writeResponse(to, response)) });
  });
  writeStrings(to, 10, value['schemes']);
  writeExtensions(to, 13, value);
}

function writeResponse(to: ProtobufWriter, value: Json): void {
  to.string(1, value['description']);
  if (value['schema'] !== undefined) to.nested(2, () => to.nested(1, () => writeSchema(to, value['schema'] as Json)));
}

function writeParameters(to: ProtobufWriter, field: number, list: unknown): void {
  for (const parameter of (list as Json[] | undefined) ?? []) to.nested(field, () => to.nested(1, () => writeParameter(to, parameter)));
}

function writeParameter(to: ProtobufWriter, value: Json): void {
  if (value['in'] === 'body') {
    to.nested(1, () => {
      to.string(2, value['name']);
      to.string(3, 'body');
      to.bool(4, value['required']);
      to.nested(5, () => writeSchema(to, value['schema'] as Json));
    });
    return;
  }
  // Path and query parameters are different messages with some members at other numbers.
  const path = value['in'] === 'path';
  to.nested(2, () =>
    to.nested(path ? 4 : 3, () => {
      to.bool(1, value['required']);
      to.string(2, value['in']);
      to.string(3, value['description']);
      to.string(4, value['name']);
      to.string(path ? 5 : 6, value['type']);
      to.bool(path ? 19 : 20, value['uniqueItems']);
    }),
  );
}

function writeSchema(to: ProtobufWriter, value: Json): void {
  const { $ref, format, description, required, type, items, properties, additionalProperties } = value;
  to.string(1, $ref);
  to.string(2, format);
  to.string(4, description);
  if (value['default'] !== undefined) writeAny(to, 5, value['default']);
  writeStrings(to, 19, required);
  for (const item of (value['enum'] as unknown[] | undefined) ?? []) writeAny(to, 20, item);
  if (additionalProperties !== undefined) to.nested(21, () => to.nested(1, () => writeSchema(to, additionalProperties as Json)));
  if (type !== undefined) to.nested(22, () => to.string(1, type));
  if (items !== undefined) to.nested(23, () => to.nested(1, () => writeSchema(to, items as Json)));
  if (properties !== undefined) to.nested(25, () => writeNamed(to, { field: 1, map: properties as Record<string, Json>, write: writeSchema }));
  writeExtensions(to, 31, value);
}

function writeExtensions(to: ProtobufWriter, field: number, value: Json): void {
  for (const name in value) {
    if (!name.startsWith('x-')) continue;
    to.nested(field, () => {
      to.string(1, name);
      writeAny(to, 2, value[name]);
    });
  }
}

/** Any value is carried as YAML text, of which JSON is a form. */
function writeAny(to: ProtobufWriter, field: number, value: unknown): void {
  to.nested(field, () => to.string(2, `${JSON.stringify(value)}\n`));
}

function writeStrings(to: ProtobufWriter, field: number, list: unknown): void {
  for (const item of (list as string[] | undefined) ?? []) to.string(field, item);
}
