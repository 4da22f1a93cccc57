import { describeDefinition } from '@keelson/api/descriptions';
import { findDefinition, type Definition, type Field, type TypeSchema } from '@keelson/api/schema';
import { schemaDefault } from './schema-defaults.ts';

/** A JSON schema as it is written out. */
export type Json = Record<string, unknown>;

/** The two dialects differ in where definitions are, how references carry a description, and in unions. */
export interface Dialect {
  readonly refPrefix: string;
  readonly version: 2 | 3;
}

export const dialect2: Dialect = { version: 2, refPrefix: '#/definitions/' };
export const dialect3: Dialect = { version: 3, refPrefix: '#/components/schemas/' };

const metaV1 = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const intOrString = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const jsonNames = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON';

/** Definition names for types that have no fields of their own. */
function scalarName(schema: TypeSchema): string | undefined {
  if (schema.type === 'quantity') return quantity;
  if (schema.type === 'int-or-string') return intOrString;
  if (schema.type !== 'string') return undefined;
  return schema.format === 'date-time' ? `${metaV1}.Time` : schema.format === 'micro-time' ? `${metaV1}.MicroTime` : undefined;
}

/** Collects the names of the definitions that a name needs, itself included. */
export function reachable(name: string, into: Set<string>): void {
  if (into.has(name)) return;
  into.add(name);
  for (const field of findDefinition(name)?.fields.values() ?? []) {
    const next = namedType(field.schema);
    if (next !== undefined) reachable(next, into);
  }
}

function namedType(schema: TypeSchema): string | undefined {
  if (schema.type === 'array') return namedType(schema.items);
  if (schema.type === 'map') return namedType(schema.values);
  if (schema.type === 'ref' || schema.type === 'any') return schema.name;
  return scalarName(schema);
}

/** The schema of a definition, without its group, version and kind. */
export function definitionSchema(name: string, dialect: Dialect): Json {
  const definition = findDefinition(name);
  return definition === undefined ? namedScalar(name, dialect) : objectSchema(definition, dialect);
}

function objectSchema(definition: Definition, dialect: Dialect): Json {
  const texts = describeDefinition(definition.name);
  const properties: Json = {};
  const required: string[] = [];
  for (const field of definition.fields.values()) {
    properties[field.name] = fieldSchema(definition.name, field, { dialect, description: texts?.fields[field.name] || typeDescription(field) });
    if (field.required) required.push(field.name);
  }
  return {
    ...described(texts?.description),
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    ...(definition.fields.size === 0 ? {} : { properties }),
    ...(definition.mapType === undefined ? {} : { 'x-kubernetes-map-type': definition.mapType }),
  };
}

function fieldSchema(owner: string, field: Field, at: { readonly dialect: Dialect; readonly description: string | undefined }): Json {
  const { listType, listMapKeys, mapType, patchStrategy, patchMergeKey } = field;
  const enumeration = isOwnKind(owner, field) ? undefined : field.enum;
  const base = typeSchema(field.schema, at.dialect, enumeration);
  const preset = schemaDefault(owner, field.name);
  return {
    ...described(enumeration === undefined ? at.description : `${at.description ?? ''}${listed(enumeration)}`.trim()),
    // A reference beside other members is ignored in OpenAPI 3, so it goes into allOf there.
    ...(at.dialect.version === 3 && base['$ref'] !== undefined ? { allOf: [base], default: {} } : base),
    ...(preset === undefined ? {} : { default: preset }),
    ...(listType === undefined ? {} : { 'x-kubernetes-list-type': listType }),
    ...(listMapKeys === undefined ? {} : { 'x-kubernetes-list-map-keys': listMapKeys }),
    ...(mapType === undefined ? {} : { 'x-kubernetes-map-type': mapType }),
    ...(patchStrategy === undefined ? {} : { 'x-kubernetes-patch-strategy': patchStrategy }),
    ...(patchMergeKey === undefined ? {} : { 'x-kubernetes-patch-merge-key': patchMergeKey }),
  };
}

/** The values as part of the text: older clients, and all of them for lists, show nothing else. */
function listed(enumeration: readonly string[]): string {
  return `\n\nPossible enum values:${[...enumeration].sort().map((value) => `\n - \`${JSON.stringify(value)}\``).join('')}`;
}

/** The source of the types has no text for fields that refer to a type: what the type is says most of it. */
function typeDescription({ schema }: Field): string | undefined {
  return schema.type === 'ref' ? describeDefinition(schema.name)?.description : undefined;
}

/** The one allowed value of an object's own kind is no enumeration that the document shows. */
function isOwnKind(owner: string, field: Field): boolean {
  return field.name === 'kind' && field.enum?.length === 1 && owner.endsWith(`.${field.enum[0]}`);
}

function typeSchema(schema: TypeSchema, dialect: Dialect, enumeration?: readonly string[]): Json {
  const named = schema.type === 'ref' || schema.type === 'any' ? schema.name : scalarName(schema);
  if (named !== undefined) return { $ref: dialect.refPrefix + named };
  switch (schema.type) {
    case 'array':
      return { type: 'array', items: itemSchema(schema.items, dialect, enumeration) };
    case 'map':
      return { type: 'object', additionalProperties: itemSchema(schema.values, dialect, enumeration) };
    case 'string':
      return { type: 'string', ...(schema.format === undefined ? {} : { format: schema.format }), ...(enumeration === undefined ? {} : { enum: [...enumeration].sort() }) };
    case 'integer':
      return { type: 'integer', format: schema.format };
    case 'number':
      return { type: 'number', format: 'double' };
    case 'boolean':
      return { type: 'boolean' };
    case 'object':
      return objectSchema(schema.definition, dialect);
    default:
      return { type: 'object' };
  }
}

function itemSchema(schema: TypeSchema, dialect: Dialect, enumeration?: readonly string[]): Json {
  const made = typeSchema(schema, dialect, enumeration);
  return dialect.version === 3 && made['$ref'] !== undefined ? { allOf: [made], default: {} } : made;
}

/** Definitions that are no objects with fields. */
function namedScalar(name: string, dialect: Dialect): Json {
  const text = described(describeDefinition(name)?.description);
  if (name === quantity) return { ...text, ...(dialect.version === 3 ? { oneOf: [{ type: 'string' }, { type: 'number' }] } : { type: 'string' }) };
  if (name === intOrString) {
    return { ...text, ...(dialect.version === 3 ? { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] } : { type: 'string', format: 'int-or-string' }) };
  }
  if (name === `${metaV1}.Time` || name === `${metaV1}.MicroTime`) return { ...text, type: 'string', format: 'date-time' };
  // Free JSON has no type at all, other opaque values are objects.
  return name.startsWith(jsonNames) ? text : { ...text, type: 'object' };
}

function described(description: string | undefined): Json {
  return description === undefined || description === '' ? {} : { description };
}
