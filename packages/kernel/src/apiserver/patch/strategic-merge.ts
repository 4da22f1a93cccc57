import type { TypeSchema } from '@keelson/api/schema';
import { inOrder, indexOfItem } from './element-order.ts';
import { equalJson, isObject, setMember, type JsonObject } from './json-value.ts';
import { malformedPatch } from './patch-error.ts';
import { memberRule, type MemberRule } from './patch-schema.ts';

const directive = '$patch';
const retainKeys = '$retainKeys';
const orderPrefix = '$setElementOrder/';
const deletePrefix = '$deleteFromPrimitiveList/';

/**
 * Applies a strategic merge patch by the merge keys and strategies of the type. The document may be frozen; what the
 * patch does not name is shared. Throws StatusError BadRequest for a patch that breaks the format.
 */
export function applyStrategicMergePatch<T extends object>(document: T, patch: unknown, schema: TypeSchema): T {
  if (!isObject(patch)) throw malformedPatch('error decoding patch: a strategic merge patch is a JSON object');
  return mergeObject(document as JsonObject, patch, schema) as T;
}

function mergeObject(original: JsonObject, patch: JsonObject, schema: TypeSchema | undefined): Record<string, unknown> {
  const command = patch[directive];
  if (command === 'replace') return withoutDirectives(patch);
  if (command === 'delete') return {};
  if (command !== undefined && command !== 'merge') throw malformedPatch(`unknown patch type: ${String(command)} in map: ${JSON.stringify(patch)}`);
  const result = retained(original, patch);
  const ordered = mergeOrderedLists(result, patch, schema);
  for (const [key, value] of Object.entries(patch)) {
    if (key === directive || key === retainKeys || key.startsWith(orderPrefix) || ordered.has(key)) continue;
    if (key.startsWith(deletePrefix)) deleteFromList(result, key.slice(deletePrefix.length), value);
    else if (value === null) delete result[key];
    else setMember(result, key, mergeMember(own(result, key), value, memberRule(schema, key)));
  }
  return result;
}

function mergeMember(original: unknown, value: unknown, rule: MemberRule): unknown {
  if (isObject(value)) {
    return rule.replace ? withoutDirectives(value) : isObject(original) ? mergeObject(original, value, rule.schema) : isDeletion(value) ? {} : withoutDirectives(value);
  }
  if (!Array.isArray(value)) return value;
  if (!rule.merge || !Array.isArray(original)) return cleanList(value);
  return mergeList(original, value, rule);
}

function mergeList(original: readonly unknown[], patch: readonly unknown[], rule: MemberRule): unknown[] {
  if (![...original, ...patch].some(isObject)) {
    const merged: unknown[] = [];
    for (const item of [...original, ...patch]) if (!merged.some((other) => equalJson(other, item))) merged.push(item);
    return inOrder(merged, { order: patch, server: original, mergeKey: undefined });
  }
  const { mergeKey } = rule;
  if (mergeKey === undefined) throw malformedPatch('cannot merge lists without merge key');
  const { items, base } = applyItemDirectives(original, patch, mergeKey);
  const merged = [...base];
  for (const item of items) {
    if (!isObject(item) || item[mergeKey] === undefined) throw malformedPatch(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    const at = indexOfItem(merged, item, mergeKey);
    if (at < 0) merged.push(withoutDirectives(item));
    else merged[at] = mergeObject(merged[at] as JsonObject, item, rule.schema);
  }
  return inOrder(merged, { order: items, server: base, mergeKey });
}

/** Carries out `$patch: delete` and `$patch: replace` items; gives what is left to merge, and into what. */
function applyItemDirectives(original: readonly unknown[], patch: readonly unknown[], mergeKey: string): { readonly items: readonly unknown[]; readonly base: readonly unknown[] } {
  const items: unknown[] = [];
  let base = original;
  let replace = false;
  for (const item of patch) {
    const command = isObject(item) ? item[directive] : undefined;
    if (!isObject(item) || command === undefined) items.push(item);
    else if (command === 'replace') replace = true;
    else if (command === 'merge') {
      const { [directive]: _, ...rest } = item;
      items.push(rest);
    } else if (command === 'delete') {
      const name = item[mergeKey];
      if (name === undefined) throw malformedPatch('delete patch type with no merge key defined');
      base = base.filter((other) => !isObject(other) || !equalJson(other[mergeKey], name));
    } else throw malformedPatch(`unknown patch type: ${String(command)} in map: ${JSON.stringify(item)}`);
  }
  return replace ? { items, base: [] } : { items, base };
}

/** Merges the lists that come with an element order; returns their names, which are then done. */
function mergeOrderedLists(result: Record<string, unknown>, patch: JsonObject, schema: TypeSchema | undefined): ReadonlySet<string> {
  const done = new Set<string>();
  for (const [directiveKey, order] of Object.entries(patch)) {
    if (!directiveKey.startsWith(orderPrefix)) continue;
    if (!Array.isArray(order)) throw malformedPatch('invalid patch format of setElementOrder list');
    const key = directiveKey.slice(orderPrefix.length);
    const [original, value] = [own(result, key), patch[key]];
    // A null deletes the list and its order has nothing to say; other values that are no lists merge as usual.
    if ((value !== undefined && !Array.isArray(value)) || (value === undefined && !Array.isArray(original))) continue;
    const rule = memberRule(schema, key);
    if (Array.isArray(value)) checkOrder(value, order, rule.mergeKey);
    const server = Array.isArray(original) ? (original as unknown[]) : [];
    const merged = Array.isArray(value) ? (mergeMember(original, value, rule) as unknown[]) : server;
    setMember(result, key, inOrder(merged, { order, server, mergeKey: rule.mergeKey }));
    done.add(key);
  }
  return done;
}

/** The items of a patch list must stand in the order that the patch itself asks for. */
function checkOrder(list: readonly unknown[], order: readonly unknown[], mergeKey: string | undefined): void {
  let last = -1;
  for (const item of list) {
    if (isObject(item) && item[directive] !== undefined) continue;
    const at = indexOfItem(order, item, mergeKey);
    if (at < last || at < 0) {
      throw malformedPatch(`The order in patch list:\n${JSON.stringify(list)}\n doesn't match $setElementOrder list:\n${JSON.stringify(order)}\n`);
    }
    last = at;
  }
}

/** A copy of the original, reduced to the keys that `$retainKeys` names. */
function retained(original: JsonObject, patch: JsonObject): Record<string, unknown> {
  const keys = patch[retainKeys];
  if (keys === undefined) return { ...original };
  const isDirective = (key: string) => key === directive || key === retainKeys || key.startsWith(orderPrefix) || key.startsWith(deletePrefix);
  if (!Array.isArray(keys) || Object.entries(patch).some(([key, value]) => value !== null && !isDirective(key) && !keys.includes(key))) {
    throw malformedPatch('invalid patch format of retainKeys');
  }
  return Object.fromEntries(Object.entries(original).filter(([key]) => keys.includes(key)));
}

function deleteFromList(result: Record<string, unknown>, key: string, items: unknown): void {
  if (!Array.isArray(items)) throw malformedPatch('invalid patch format of primitive list');
  const list = own(result, key);
  if (Array.isArray(list)) setMember(result, key, list.filter((item: unknown) => !items.some((gone) => equalJson(gone, item))));
}

function isDeletion(value: JsonObject): boolean {
  return value[directive] === 'delete';
}

/** A value that is new to the document: directives have nothing to act on, nulls nothing to delete. */
function withoutDirectives(value: JsonObject): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === null || key === directive || key === retainKeys || key.startsWith(orderPrefix) || key.startsWith(deletePrefix)) continue;
    if (isObject(member)) setMember(result, key, isDeletion(member) ? {} : withoutDirectives(member));
    else setMember(result, key, Array.isArray(member) ? cleanList(member) : member);
  }
  return result;
}

function cleanList(list: readonly unknown[]): unknown[] {
  return list.flatMap((item) => {
    if (!isObject(item)) return [item];
    if (item[directive] === 'delete') return [];
    const cleaned = withoutDirectives(item);
    return item[directive] !== undefined && Object.keys(cleaned).length === 0 ? [] : [cleaned];
  });
}

function own(container: JsonObject, key: string): unknown {
  return Object.hasOwn(container, key) ? container[key] : undefined;
}
