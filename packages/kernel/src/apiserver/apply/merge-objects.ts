import { isObject, setMember, type JsonObject } from '../patch/json-value.ts';
import { itemsByElement, keyElement, valueElement } from './path-element.ts';
import type { Shape } from './shape.ts';

/** The live object with an applied configuration laid over it; parts that the configuration does not state are shared. */
export function mergeObjects(live: JsonObject, config: JsonObject, shape: Shape): Record<string, unknown> {
  const result: Record<string, unknown> = { ...live };
  for (const key in config) {
    const value = config[key];
    if (value === null || value === undefined) continue;
    const inner: Shape = shape.kind === 'struct' ? (shape.members.get(key)?.shape ?? { kind: 'deduced' }) : shape.kind === 'map' ? shape.values : shape;
    setMember(result, key, mergeValues(Object.hasOwn(live, key) ? live[key] : undefined, value, inner));
  }
  return result;
}

function mergeValues(live: unknown, config: unknown, shape: Shape): unknown {
  if (isObject(config) && (shape.kind === 'struct' || shape.kind === 'map' || shape.kind === 'deduced')) {
    return mergeObjects(isObject(live) ? live : {}, config, shape);
  }
  if (Array.isArray(config) && Array.isArray(live) && (shape.kind === 'list' || shape.kind === 'set')) {
    const elementOf = shape.kind === 'list' ? (item: unknown) => keyElement(item, shape.keys) : valueElement;
    const inner: Shape = shape.kind === 'list' ? shape.items : { kind: 'leaf' };
    return mergeLists(live, config, { elementOf, merge: (a, b) => mergeValues(a, b, inner) }) ?? config;
  }
  return config;
}

/** Items in the configuration's order, those that only the server has where they stood; undefined for unkeyable lists. */
function mergeLists(
  live: readonly unknown[],
  config: readonly unknown[],
  how: { readonly elementOf: (item: unknown) => string | undefined; readonly merge: (live: unknown, config: unknown) => unknown },
): unknown[] | undefined {
  const [old, wanted] = [itemsByElement(live, how.elementOf), itemsByElement(config, how.elementOf)];
  if (old === undefined || wanted === undefined) return undefined;
  const result: unknown[] = [];
  const queue = [...wanted];
  const done = new Set<string>();
  const emit = (entry: readonly [string, unknown]) => {
    done.add(entry[0]);
    result.push(old.has(entry[0]) ? how.merge(old.get(entry[0]), entry[1]) : entry[1]);
  };
  for (const [element, item] of old) {
    if (!wanted.has(element)) result.push(item);
    while (wanted.has(element) && !done.has(element)) emit(queue.shift() as [string, unknown]);
  }
  queue.forEach(emit);
  return result;
}
