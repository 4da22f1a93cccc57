import { isObject, type JsonObject } from '../patch/json-value.ts';
import { isEmptySet, leaf, type FieldSet } from './field-set.ts';
import { itemsByElement, keyElement, valueElement } from './path-element.ts';
import type { Shape } from './shape.ts';

/** Members of metadata that nobody owns: the server sets them, or they name the object. */
const unownedMetadata = new Set(['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion']);

/** The part of an object that can be owned. `keep` decides on members of the top level. */
export function ownable(object: JsonObject, keep: (member: string) => boolean = () => true): JsonObject {
  const result: Record<string, unknown> = {};
  for (const key in object) {
    if (key === 'apiVersion' || key === 'kind' || !keep(key)) continue;
    const value = object[key];
    if (key !== 'metadata') result[key] = value;
    else if (isObject(value)) {
      const metadata: Record<string, unknown> = {};
      for (const name in value) if (!unownedMetadata.has(name)) metadata[name] = value[name];
      result[key] = metadata;
    }
  }
  return result;
}

/**
 * All fields of a value. `containers` makes objects and keyed lists members of their own, as a change that brought
 * them in owns them; an applied configuration owns only what it states.
 */
export function fieldsOf(value: unknown, shape: Shape, containers: boolean): FieldSet {
  if (isObject(value)) {
    if (shape.kind === 'struct') {
      const result: Record<string, FieldSet> = {};
      for (const key in value) {
        const member = shape.members.get(key);
        const content = value[key];
        if (content === undefined) continue;
        result[member?.element ?? `f:${key}`] = memberFields(content, member?.shape ?? { kind: 'deduced' }, containers);
      }
      return result;
    }
    if (shape.kind === 'map' || shape.kind === 'deduced') {
      const inner: Shape = shape.kind === 'map' ? shape.values : shape;
      const result: Record<string, FieldSet> = {};
      // Entries of maps are members whatever they hold.
      for (const key in value) result[`f:${key}`] = inner.kind === 'leaf' ? leaf : memberFields(value[key], inner, true);
      return result;
    }
    return leaf;
  }
  if (Array.isArray(value)) {
    if (shape.kind === 'list') return listFields(value, shape, containers);
    if (shape.kind === 'set') {
      const items = itemsByElement(value, valueElement);
      return items === undefined ? leaf : Object.fromEntries(Array.from(items.keys(), (element) => [element, leaf]));
    }
  }
  return leaf;
}

function listFields(list: readonly unknown[], shape: Shape & { kind: 'list' }, containers: boolean): FieldSet {
  const items = itemsByElement(list, (item) => keyElement(item, shape.keys));
  if (items === undefined) return leaf;
  const result: Record<string, FieldSet> = {};
  for (const [element, item] of items) result[element] = withSelf(fieldsOf(item, shape.items, containers));
  return result;
}

function memberFields(value: unknown, shape: Shape, containers: boolean): FieldSet {
  if (shape.kind === 'leaf' || typeof value !== 'object' || value === null) return leaf;
  const fields = fieldsOf(value, shape, containers);
  return containers ? withSelf(fields) : fields;
}

function withSelf(fields: FieldSet): FieldSet {
  return isEmptySet(fields) ? leaf : { '.': leaf, ...fields };
}
