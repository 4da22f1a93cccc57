import { findDefinition, type Definition, type Field, type TypeSchema } from '@keelson/api/schema';
import { schemaDefault } from '../openapi/schema-defaults.ts';

/**
 * How ownership looks at a value: `leaf` is owned whole; `struct` and `map` by member; `list` by keys of its items;
 * `set` by value; `deduced` (no schema) by member for objects, whole for anything else.
 */
export type Shape =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'deduced' }
  | { readonly kind: 'set' }
  | { readonly kind: 'struct'; readonly members: ReadonlyMap<string, Member> }
  | { readonly kind: 'map'; readonly values: Shape }
  | { readonly kind: 'list'; readonly keys: readonly KeyField[]; readonly items: Shape };

/** A member of a struct: its path element and that element as the beginning of a further JSON member, made once, and its shape. */
export interface Member {
  readonly element: string;
  readonly label: string;
  readonly shape: Shape;
}

/** A key of a list's items, with the value that it has when left out. */
export interface KeyField {
  readonly name: string;
  readonly preset: unknown;
}

const leafShape: Shape = { kind: 'leaf' };
const deduced: Shape = { kind: 'deduced' };
const setShape: Shape = { kind: 'set' };
const structs = new WeakMap<Definition, Shape>();

/** Shape of a schema; shapes of definitions are made once. */
export function shapeOf(schema: TypeSchema | undefined): Shape {
  if (schema === undefined) return deduced;
  switch (schema.type) {
    case 'map':
      return { kind: 'map', values: shapeOf(schema.values) };
    case 'ref': {
      const definition = findDefinition(schema.name);
      return definition === undefined ? leafShape : definition.mapType === 'atomic' ? leafShape : structShape(definition);
    }
    case 'object':
      return schema.definition.mapType === 'atomic' ? leafShape : structShape(schema.definition);
    default:
      return leafShape;
  }
}

function structShape(definition: Definition): Shape {
  const known = structs.get(definition);
  if (known !== undefined) return known;
  const members = new Map<string, Member>();
  const made: Shape = { kind: 'struct', members };
  structs.set(definition, made);
  for (const field of definition.fields.values()) members.set(field.name, lazyMember(field));
  return made;
}

/** Definitions refer to each other in circles, so shapes of members are made on first use. */
function lazyMember(field: Field): Member {
  let shape: Shape | undefined;
  return {
    element: `f:${field.name}`,
    label: `,"f:${field.name}":`,
    get shape() {
      return (shape ??= fieldShape(field));
    },
  };
}

function fieldShape(field: Field): Shape {
  const { schema, listType, mapType, listMapKeys } = field;
  if (mapType === 'atomic') return leafShape;
  if (schema.type === 'array') {
    if (listType === 'set') return setShape;
    if (listType !== 'map' || listMapKeys === undefined) return leafShape;
    const owner = schema.items.type === 'ref' ? schema.items.name : '';
    return { kind: 'list', items: shapeOf(schema.items), keys: [...listMapKeys].sort().map((name) => ({ name, preset: schemaDefault(owner, name) })) };
  }
  if (mapType === 'granular' && schema.type === 'ref') {
    const definition = findDefinition(schema.name);
    return definition === undefined ? leafShape : structShape(definition);
  }
  return shapeOf(schema);
}
