import type { Container } from '../core/v1/index.ts';
import type { LabelSelector } from '../meta/index.ts';

/** The text, or `<none>` for an empty one. */
export function orNone(text: string | undefined): string {
  return text === undefined || text === '' ? '<none>' : text;
}

/** The text, or `<unset>` for an absent one. */
export function orUnset(text: string | number | undefined): string {
  return text === undefined || text === '' ? '<unset>' : String(text);
}

/** `True`, `False`, or `<unset>`. */
export function flag(value: boolean | undefined): string {
  return value === undefined ? '<unset>' : value ? 'True' : 'False';
}

/** `a=b,c=d` in key order, or `<none>`. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return orNone(pairs.sort().join(','));
}

/** A selector as kubectl prints it, or `<none>` when it is empty. */
export function selectorText(selector: LabelSelector | undefined): string {
  const terms = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    const list = `(${[...(values ?? [])].sort().join(',')})`;
    const text = { In: `${key} in ${list}`, NotIn: `${key} notin ${list}`, Exists: key, DoesNotExist: `!${key}` }[operator];
    if (text === undefined) return '<error>';
    terms.push({ key, text });
  }
  return orNone(terms.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ text }) => text).join(','));
}

/** The first items, and how many more there are. */
export function firstOf(items: readonly string[], count: number, none: string): string {
  if (items.length === 0) return none;
  const shown = items.slice(0, count).join(',');
  return items.length > count ? `${shown} + ${items.length - count} more...` : shown;
}

/** Names of the containers of a template. */
export function containerNames(containers: readonly Container[] | undefined): string {
  return (containers ?? []).map(({ name }) => name).join(',');
}

/** Images of the containers of a template. */
export function containerImages(containers: readonly Container[] | undefined): string {
  return (containers ?? []).map(({ image }) => image ?? '').join(',');
}

const shortModes: Readonly<Record<string, string>> = { ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' };

/** `RWO,ROX`: access modes of volumes, each once, in upstream's order. */
export function accessModes(modes: readonly string[] | undefined): string {
  return Object.keys(shortModes).filter((mode) => modes?.includes(mode) === true).map((mode) => shortModes[mode]).join(',');
}

/** Entries of an object. */
export function sizeOf(map: object | undefined): number {
  return map === undefined ? 0 : Object.keys(map).length;
}
