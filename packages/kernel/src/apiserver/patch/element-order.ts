import { equalJson, isObject } from './json-value.ts';

/** Finds an item in a list: objects by their merge key, anything else by value. */
export function indexOfItem(list: readonly unknown[], item: unknown, mergeKey: string | undefined): number {
  if (mergeKey === undefined || !isObject(item)) return list.findIndex((other) => equalJson(other, item));
  const name = item[mergeKey];
  return list.findIndex((other) => isObject(other) && equalJson(other[mergeKey], name));
}

/**
 * Orders a merged list: items named in `order` come in that order, the others keep the order they had on the server,
 * and where an item of each could come next the server's order decides, else the ordered one goes first.
 */
export function inOrder(merged: readonly unknown[], at: { readonly order: readonly unknown[]; readonly server: readonly unknown[]; readonly mergeKey: string | undefined }): unknown[] {
  const { order, server, mergeKey } = at;
  const ranked = merged.map((item) => ({ item, rank: indexOfItem(order, item, mergeKey), before: indexOfItem(server, item, mergeKey) }));
  const ordered = ranked.filter(({ rank }) => rank >= 0).sort((a, b) => a.rank - b.rank);
  const others = ranked.filter(({ rank }) => rank < 0).sort((a, b) => a.before - b.before);
  const result: unknown[] = [];
  let next = 0;
  for (const { item, before } of ordered) {
    for (let other = others[next]; other !== undefined && before >= 0 && other.before >= 0 && other.before < before; other = others[next]) {
      result.push(other.item);
      next += 1;
    }
    result.push(item);
  }
  return [...result, ...others.slice(next).map(({ item }) => item)];
}
