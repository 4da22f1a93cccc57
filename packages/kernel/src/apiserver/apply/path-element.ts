import { isObject } from '../patch/json-value.ts';
import type { KeyField } from './shape.ts';

/** Path element of an item in a keyed list, `k:{"name":"a"}`; undefined when it lacks a key without default. */
export function keyElement(item: unknown, keys: readonly KeyField[]): string | undefined {
  if (!isObject(item)) return undefined;
  let text = '';
  for (const { name, preset } of keys) {
    const value = item[name] ?? preset;
    if (value === undefined || typeof value === 'object') return undefined;
    text += `${text === '' ? '' : ','}"${name}":${JSON.stringify(value)}`;
  }
  return `k:{${text}}`;
}

/** Path element of a value in a set. */
export function valueElement(value: unknown): string {
  return `v:${JSON.stringify(value)}`;
}

/** Items of a list by path element; undefined when an item has none or two have the same: the list counts as whole. */
export function itemsByElement(list: readonly unknown[], elementOf: (item: unknown) => string | undefined): Map<string, unknown> | undefined {
  const items = new Map<string, unknown>();
  for (const item of list) {
    const element = elementOf(item);
    if (element === undefined || items.has(element)) return undefined;
    items.set(element, item);
  }
  return items;
}

/** A path as messages show it: `.spec.containers[name="a"].image`. */
export function formatPath(path: readonly string[]): string {
  return path.map(formatElement).join('');
}

function formatElement(element: string): string {
  const body = element.slice(2);
  switch (element[0]) {
    case 'f':
      return `.${body}`;
    case 'k':
      return `[${Object.entries(JSON.parse(body) as Record<string, unknown>).map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
    case 'v':
      return `[=${body}]`;
    default:
      return `[${body}]`;
  }
}
