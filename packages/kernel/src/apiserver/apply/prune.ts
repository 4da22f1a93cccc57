import { isObject, type JsonObject } from '../patch/json-value.ts';
import { below, memberNode, type FieldSet } from './field-set.ts';
import { keyElement, valueElement } from './path-element.ts';
import type { Shape } from './shape.ts';

/**
 * Removes from an object the fields of `last` that are in no one's `kept` set, with all that they contain. A field
 * stays while something inside it is kept; objects and lists that lose their last entry go too, unless
 * they themselves are kept.
 */
export function prune(object: JsonObject, shape: Shape, sets: { readonly last: FieldSet; readonly kept: FieldSet }): JsonObject {
  return pruneMembers(object, shape, sets) ?? {};
}

interface Sets {
  readonly last: FieldSet;
  readonly kept: FieldSet | undefined;
}

function pruneMembers(object: JsonObject, shape: Shape, { last, kept }: Sets): JsonObject | undefined {
  const result: Record<string, unknown> = {};
  let changed = false;
  for (const key in object) {
    const inner: Shape = shape.kind === 'struct' ? (shape.members.get(key)?.shape ?? { kind: 'deduced' }) : shape.kind === 'map' ? shape.values : shape;
    const value = pruneAt(object[key], inner, { last: below(last, `f:${key}`), kept: below(kept, `f:${key}`) });
    changed ||= value !== object[key];
    if (value !== undefined) result[key] = value;
  }
  if (!changed) return object;
  return Object.keys(result).length === 0 && !memberNode(kept) ? undefined : result;
}

function pruneAt(value: unknown, shape: Shape, { last, kept }: { readonly last: FieldSet | undefined; readonly kept: FieldSet | undefined }): unknown {
  if (last === undefined) return value;
  if (kept === undefined && memberNode(last)) return undefined;
  if (isObject(value)) return pruneMembers(value, shape, { last, kept });
  if (!Array.isArray(value) || (shape.kind !== 'list' && shape.kind !== 'set')) return value;
  const elementOf = shape.kind === 'list' ? (item: unknown) => keyElement(item, shape.keys) : valueElement;
  const inner: Shape = shape.kind === 'list' ? shape.items : { kind: 'leaf' };
  const items = value.flatMap((item: unknown) => {
    const element = elementOf(item);
    const rest = element === undefined ? item : pruneAt(item, inner, { last: below(last, element), kept: below(kept, element) });
    return rest === undefined ? [] : [rest];
  });
  if (items.length === value.length && items.every((item, index) => item === value[index])) return value;
  return items.length === 0 && !memberNode(kept) ? undefined : items;
}
