import { isObject, type JsonObject } from '../patch/json-value.ts';
import { leaf, type FieldSet } from './field-set.ts';
import { itemsByElement, keyElement, valueElement } from './path-element.ts';
import type { Shape } from './shape.ts';

/** Members of metadata that nobody owns: the server sets them, or they name the object. */
export const unownedMetadata: ReadonlySet<string> = new Set(['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion']);

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

/** What an object or list is itself: nothing, or a member beside its parts. */
type Self = 'parts' | 'member';

/**
 * All fields of a value. `containers` makes objects and keyed lists members of their own, as a change that brought
 * them in owns them; an applied configuration owns only what it states.
 */
export function fieldsOf(value: unknown, shape: Shape, containers: boolean): FieldSet {
  return partsOf(value, shape, { self: 'parts', containers });
}

/** All fields of a value, containers included, and the value itself. */
export function wholeOf(value: unknown, shape: Shape): FieldSet {
  return shape.kind === 'leaf' || typeof value !== 'object' || value === null ? leaf : partsOf(value, shape, { self: 'member', containers: true });
}

interface How {
  readonly self: Self;
  readonly containers: boolean;
}

const member: How = { self: 'member', containers: true };
const appliedEntry: How = { self: 'member', containers: false };
const appliedPart: How = { self: 'parts', containers: false };

/** Made in one go, `.` first: this runs for every object that is created. */
function partsOf(value: unknown, shape: Shape, { self, containers }: How): FieldSet {
  if (Array.isArray(value)) return listParts(value, shape, { self, containers });
  if (!isObject(value) || shape.kind === 'leaf' || shape.kind === 'list' || shape.kind === 'set') return leaf;
  const result: Record<string, FieldSet> = {};
  if (self === 'member') result['.'] = leaf;
  let empty = true;
  for (const key in value) {
    const content = value[key];
    if (content === undefined) continue;
    empty = false;
    if (shape.kind === 'struct') {
      const known = shape.members.get(key);
      const inner = known?.shape ?? deduced;
      result[known?.element ?? `f:${key}`] = isWhole(content, inner) ? leaf : partsOf(content, inner, containers ? member : appliedPart);
    } else {
      // Entries of maps are members whatever they hold.
      const inner = shape.kind === 'map' ? shape.values : shape;
      result[`f:${key}`] = isWhole(content, inner) ? leaf : partsOf(content, inner, containers ? member : appliedEntry);
    }
  }
  return empty ? leaf : result;
}

function listParts(list: readonly unknown[], shape: Shape, { self, containers }: How): FieldSet {
  if (shape.kind !== 'list' && shape.kind !== 'set') return leaf;
  const items = shape.kind === 'set' ? itemsByElement(list, valueElement) : itemsByElement(list, (item) => keyElement(item, shape.keys));
  if (items === undefined || items.size === 0) return leaf;
  const result: Record<string, FieldSet> = {};
  if (self === 'member') result['.'] = leaf;
  for (const [element, item] of items) result[element] = shape.kind === 'set' ? leaf : partsOf(item, shape.items, containers ? member : appliedEntry);
  return result;
}

const deduced: Shape = { kind: 'deduced' };

function isWhole(value: unknown, shape: Shape): boolean {
  return shape.kind === 'leaf' || typeof value !== 'object' || value === null;
}
