import { equalJson, isObject, type JsonObject } from '../patch/json-value.ts';
import { emptySet, isEmptySet, leaf, type FieldSet } from './field-set.ts';
import { wholeOf } from './object-fields.ts';
import { itemsByElement, keyElement, valueElement } from './path-element.ts';
import type { Shape } from './shape.ts';

/** What distinguishes one state of an object from another. */
export interface Difference {
  /** Fields that are new or have another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

interface Building {
  readonly changed: Record<string, FieldSet>;
  readonly removed: Record<string, FieldSet>;
}

/** Compares two objects that {@link ownable} has reduced. Parts that both share are not looked into. */
export function compareObjects(before: JsonObject, after: JsonObject, shape: Shape): Difference {
  const into = start();
  compareMembers(before, after, { shape, into });
  return into;
}

/** True when nothing differs. */
export function isSame(difference: Difference): boolean {
  return isEmptySet(difference.changed) && isEmptySet(difference.removed);
}

interface Walk {
  readonly shape: Shape;
  readonly into: Building;
}

function compareMembers(before: JsonObject, after: JsonObject, { shape, into }: Walk): void {
  const at = (key: string): { readonly element: string; readonly shape: Shape } => {
    if (shape.kind === 'struct') return shape.members.get(key) ?? { element: `f:${key}`, shape: { kind: 'deduced' } };
    return { element: `f:${key}`, shape: shape.kind === 'map' ? shape.values : shape };
  };
  for (const key in after) {
    if (after[key] === undefined) continue;
    const { element, shape: inner } = at(key);
    compareValues(before[key], after[key], { element, shape: inner, into });
  }
  for (const key in before) {
    if (before[key] === undefined || after[key] !== undefined) continue;
    const { element, shape: inner } = at(key);
    into.removed[element] = wholeOf(before[key], inner);
  }
}

function compareValues(before: unknown, after: unknown, at: { readonly element: string; readonly shape: Shape; readonly into: Building }): void {
  if (before === after) return;
  const { element, shape, into } = at;
  if (before === undefined) {
    into.changed[element] = wholeOf(after, shape);
    return;
  }
  // Most parts of most writes are equal: telling so is cheaper than walking them by shape.
  if (equalJson(before, after)) return;
  const inner = start();
  if (isObject(before) && isObject(after) && (shape.kind === 'struct' || shape.kind === 'map' || shape.kind === 'deduced')) {
    compareMembers(before, after, { shape, into: inner });
  } else if (!Array.isArray(before) || !Array.isArray(after) || !compareLists(before, after, { shape, into: inner })) {
    into.changed[element] = leaf;
    return;
  }
  if (!isEmptySet(inner.changed)) into.changed[element] = inner.changed;
  if (!isEmptySet(inner.removed)) into.removed[element] = inner.removed;
}

/** False when the lists are to be compared whole. */
function compareLists(before: readonly unknown[], after: readonly unknown[], { shape, into }: Walk): boolean {
  if (shape.kind !== 'list' && shape.kind !== 'set') return false;
  const elementOf = shape.kind === 'list' ? (item: unknown) => keyElement(item, shape.keys) : valueElement;
  const [old, next] = [itemsByElement(before, elementOf), itemsByElement(after, elementOf)];
  if (old === undefined || next === undefined) return false;
  const inner: Shape = shape.kind === 'list' ? shape.items : { kind: 'leaf' };
  for (const [element, item] of next) compareValues(old.get(element), item, { element, shape: inner, into });
  for (const [element, item] of old) if (!next.has(element)) into.removed[element] = wholeOf(item, inner);
  return true;
}

function start(): Building {
  return { changed: { ...emptySet }, removed: { ...emptySet } };
}
