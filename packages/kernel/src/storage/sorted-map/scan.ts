import { childIndex, isLeaf, lowerBound, type Node } from './node.ts';

/** Half-open key range; an absent bound is open. Keys compare by UTF-16 code units, as `<` does. */
export interface KeyRange {
  /** Inclusive. */
  readonly start?: string;
  /** Exclusive. */
  readonly end?: string;
  readonly reverse?: boolean;
}

/** Called per entry; returning false ends the scan. */
export type Visit<V> = (value: V, key: string) => boolean | void;

/** The value at `key`, or undefined. */
export function find<V>(root: Node<V>, key: string): V | undefined {
  let node = root;
  while (!isLeaf(node)) node = node.children[childIndex(node.keys, key)]!;
  const i = lowerBound(node.keys, key);
  return i < node.keys.length && node.keys[i] === key ? node.values[i] : undefined;
}

/** How many keys are less than `key`. O(log n). */
export function rank<V>(root: Node<V>, key: string): number {
  let node = root;
  let less = 0;
  while (!isLeaf(node)) {
    const at = childIndex(node.keys, key);
    for (let i = 0; i < at; i++) less += node.children[i]!.size;
    node = node.children[at]!;
  }
  return less + lowerBound(node.keys, key);
}

/** How many keys lie in the range. O(log n). */
export function count<V>(root: Node<V>, range: KeyRange): number {
  const { start, end } = range;
  const from = start === undefined ? 0 : rank(root, start);
  const to = end === undefined ? root.size : rank(root, end);
  return Math.max(0, to - from);
}

/** Visits the range in order; false if the visitor ended it. The tree must not be edited meanwhile. */
export function scan<V>(node: Node<V>, range: KeyRange, visit: Visit<V>): boolean {
  return range.reverse === true ? scanDown(node, range.start, range.end, visit) : scanUp(node, range.start, range.end, visit);
}

function scanUp<V>(node: Node<V>, start: string | undefined, end: string | undefined, visit: Visit<V>): boolean {
  const { keys, values, children } = node;
  if (isLeaf(node)) {
    const last = end === undefined ? keys.length : lowerBound(keys, end);
    for (let i = start === undefined ? 0 : lowerBound(keys, start); i < last; i++) {
      if (visit(values[i]!, keys[i]!) === false) return false;
    }
    return true;
  }
  const first = start === undefined ? 0 : childIndex(keys, start);
  const last = end === undefined ? children.length - 1 : childIndex(keys, end);
  for (let i = first; i <= last; i++) {
    if (!scanUp(children[i]!, i === first ? start : undefined, i === last ? end : undefined, visit)) return false;
  }
  return true;
}

function scanDown<V>(node: Node<V>, start: string | undefined, end: string | undefined, visit: Visit<V>): boolean {
  const { keys, values, children } = node;
  if (isLeaf(node)) {
    const first = start === undefined ? 0 : lowerBound(keys, start);
    for (let i = (end === undefined ? keys.length : lowerBound(keys, end)) - 1; i >= first; i--) {
      if (visit(values[i]!, keys[i]!) === false) return false;
    }
    return true;
  }
  const first = start === undefined ? 0 : childIndex(keys, start);
  const last = end === undefined ? children.length - 1 : childIndex(keys, end);
  for (let i = last; i >= first; i--) {
    if (!scanDown(children[i]!, i === first ? start : undefined, i === last ? end : undefined, visit)) return false;
  }
  return true;
}
