import { findDefinition, type Definition, type Field, type TypeSchema } from '@keelson/api/schema';

/** How a member of an object is merged. */
export interface MemberRule {
  /** Type of the member, or of each item when it is a list. */
  readonly schema: TypeSchema | undefined;
  /** Replaced whole although it is an object or a list. */
  readonly replace: boolean;
  /** A list merged item by item. */
  readonly merge: boolean;
  /** Member that names the items of a merged list of objects. */
  readonly mergeKey: string | undefined;
}

const untyped: MemberRule = { schema: undefined, replace: false, merge: false, mergeKey: undefined };

/** Rule for a member of a value of the given type; members that the type does not know merge as plain JSON. */
export function memberRule(schema: TypeSchema | undefined, key: string): MemberRule {
  if (schema === undefined) return untyped;
  if (schema.type === 'map') return { ...untyped, schema: itemOrSelf(schema.values) };
  const field = definitionOf(schema)?.fields.get(key);
  return field === undefined ? untyped : fieldRule(field);
}

/** The object type behind a reference. */
export function definitionOf(schema: TypeSchema): Definition | undefined {
  return schema.type === 'object' ? schema.definition : schema.type === 'ref' ? findDefinition(schema.name) : undefined;
}

function fieldRule(field: Field): MemberRule {
  const strategies = field.patchStrategy?.split(',') ?? [];
  return {
    schema: itemOrSelf(field.schema),
    replace: strategies.includes('replace'),
    merge: strategies.includes('merge'),
    mergeKey: field.patchMergeKey,
  };
}

function itemOrSelf(schema: TypeSchema): TypeSchema {
  return schema.type === 'array' ? schema.items : schema;
}
