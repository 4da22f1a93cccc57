import { definitionLines, opaqueTypes } from '../../generated/definitions.ts';
import { enumsOf } from '../overlay/enums/enums.ts';
import { overlayOf, type TypeOverlay } from '../overlay/overlay.ts';
import type { Definition, Field, FieldMarks, TypeSchema } from './definition.ts';

const lines = definitionLines.split('\n');
const names = lines.map((line) => {
  const end = line.indexOf(' ');
  return end < 0 ? line : line.slice(0, end);
});
const positions = new Map(names.map((name, position) => [name, position]));
const parsed = new Map<string, Definition>();

/** Names of all built-in definitions, sorted. */
export function definitionNames(): readonly string[] {
  return names;
}

/** A built-in definition by OpenAPI name; parsed on first use. */
export function definition(name: string): Definition {
  const found = findDefinition(name);
  if (found === undefined) throw new Error(`no built-in definition ${name}; run tools/schema/generate.mjs if it should exist`);
  return found;
}

/** As {@link definition}, but undefined for an unknown name. */
export function findDefinition(name: string): Definition | undefined {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const position = positions.get(name);
  if (position === undefined) return undefined;
  const made = parse(lines[position] as string, overlayOf(name));
  parsed.set(name, made);
  return made;
}

function parse(line: string, overlay: TypeOverlay | undefined): Definition {
  const [name = '', ...tokens] = line.split(' ');
  const fields = new Map<string, Field>();
  const enums = enumsOf(name);
  for (const token of tokens) {
    const colon = token.lastIndexOf(':');
    const required = token[colon - 1] === '!';
    const field = token.slice(0, required ? colon - 1 : colon);
    const schema = schemaOf(token.slice(colon + 1));
    fields.set(field, { name: field, schema, required, ...unmarked(name, field, schema), ...overlay?.fields[field], ...allowed(enums?.[field]) });
  }
  const kind = fields.get('kind');
  if (kind !== undefined && fields.has('apiVersion') && (fields.has('metadata') || metaKinds.has(name))) {
    fields.set('kind', { ...kind, enum: [name.slice(name.lastIndexOf('.') + 1)] });
  }
  return { name, fields, ...(overlay?.mapType === undefined ? {} : { mapType: overlay.mapType }) };
}

function allowed(values: readonly string[] | undefined): FieldMarks {
  return values === undefined ? {} : { enum: values };
}

/** Top-level kinds of meta/v1 that have no metadata. */
const metaKinds = new Set(
  ['APIGroup', 'APIGroupList', 'APIResourceList', 'APIVersions', 'DeleteOptions'].map((kind) => `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`),
);

/** A list without a mark is atomic; only the items of a List object have no list type at all. */
function unmarked(owner: string, field: string, schema: TypeSchema): FieldMarks {
  return schema.type === 'array' && !(field === 'items' && owner.endsWith('List')) ? { listType: 'atomic' } : {};
}

const scalars: Readonly<Record<string, TypeSchema>> = {
  s: { type: 'string' },
  y: { type: 'string', format: 'byte' },
  t: { type: 'string', format: 'date-time' },
  u: { type: 'string', format: 'micro-time' },
  q: { type: 'quantity' },
  x: { type: 'int-or-string' },
  b: { type: 'boolean' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  d: { type: 'number' },
};

/** See tools/schema/resolve.mjs for the codes. */
function schemaOf(code: string): TypeSchema {
  switch (code[0]) {
    case '[':
      return { type: 'array', items: schemaOf(code.slice(1)) };
    case '{':
      return { type: 'map', values: schemaOf(code.slice(1)) };
    case '#':
      return { type: 'ref', name: names[Number(code.slice(1))] as string };
    default: {
      const scalar = scalars[code];
      if (scalar !== undefined) return scalar;
      const opaque = opaqueTypes[code];
      if (opaque === undefined) throw new Error(`unknown type code ${code} in the generated definitions; run tools/schema/generate.mjs`);
      return { type: 'any', name: opaque };
    }
  }
}
