import { branch, childIndex, isLeaf, leaf, lowerBound, maxFanout, owned, type Node, type Owner } from './node.ts';

/** Below this fill a node is joined with a neighbour, if both then fit in one with room to spare. */
const minFanout = maxFanout >> 2;
const joinLimit = maxFanout - (maxFanout >> 2);

/**
 * Puts `key` into the tree, writing only to nodes of `owner`. Returns the new root.
 * `root` must not be read afterwards unless it was frozen (not owned by `owner`).
 */
export function insert<V>(root: Node<V>, owner: Owner, key: string, value: V): Node<V> {
  const top = owned(root, owner);
  const before = top.size;
  const right = insertBelow(top, owner, key, value);
  if (right === undefined) return top;
  return branch(owner, [top.keys[0]!, right.keys[0]!], [top, right], before + 1);
}

/** Inserts below an owned node; returns the right half if the node had to be split. */
function insertBelow<V>(node: Node<V>, owner: Owner, key: string, value: V): Node<V> | undefined {
  if (isLeaf(node)) return insertIntoLeaf(node, owner, key, value);
  const i = childIndex(node.keys, key);
  const child = owned(node.children[i]!, owner);
  node.children[i] = child;
  const before = child.size;
  const right = insertBelow(child, owner, key, value);
  if (right === undefined) {
    node.size += child.size - before;
    return undefined;
  }
  node.size += 1;
  insertAt(node.keys, i + 1, right.keys[0]!);
  insertAt(node.children, i + 1, right);
  if (node.children.length <= maxFanout) return undefined;
  const at = splitPoint(node.children.length, i + 1);
  const children = node.children.splice(at);
  const half = branch(owner, node.keys.splice(at), children, sizeOf(children));
  node.size -= half.size;
  return half;
}

function insertIntoLeaf<V>(node: Node<V>, owner: Owner, key: string, value: V): Node<V> | undefined {
  const { keys, values } = node;
  const i = lowerBound(keys, key);
  if (i < keys.length && keys[i] === key) {
    values[i] = value;
    return undefined;
  }
  insertAt(keys, i, key);
  insertAt(values, i, value);
  node.size = keys.length;
  if (keys.length <= maxFanout) return undefined;
  const at = splitPoint(keys.length, i);
  const half = leaf(owner, keys.splice(at), values.splice(at));
  node.size = keys.length;
  return half;
}

/** In the middle, but after appending near the right end: ascending loads then leave full nodes behind. */
function splitPoint(length: number, inserted: number): number {
  return inserted === length - 1 ? length - 2 : length >>> 1;
}

/** Removes `key`, which must be in the tree. Same ownership rule as {@link insert}. */
export function remove<V>(root: Node<V>, owner: Owner, key: string): Node<V> {
  let top = owned(root, owner);
  removeBelow(top, owner, key);
  while (!isLeaf(top) && top.children.length === 1) top = top.children[0]!;
  return !isLeaf(top) && top.children.length === 0 ? leaf(owner, [], []) : top;
}

function removeBelow<V>(node: Node<V>, owner: Owner, key: string): void {
  node.size -= 1;
  if (isLeaf(node)) {
    const i = lowerBound(node.keys, key);
    removeAt(node.keys, i);
    removeAt(node.values, i);
    return;
  }
  const i = childIndex(node.keys, key);
  const child = owned(node.children[i]!, owner);
  node.children[i] = child;
  removeBelow(child, owner, key);
  const fill = isLeaf(child) ? child.keys.length : child.children.length;
  if (fill === 0) {
    removeAt(node.keys, i);
    removeAt(node.children, i);
  } else if (fill < minFanout) {
    joinWithNeighbour(node, owner, i);
  }
}

function joinWithNeighbour<V>(node: Node<V>, owner: Owner, index: number): void {
  const left = index > 0 ? index - 1 : 0;
  const a = node.children[left]!;
  const b = node.children[left + 1];
  if (b === undefined || a.keys.length + b.keys.length > joinLimit) return;
  const into = owned(a, owner);
  const seam = into.keys.length;
  for (const key of b.keys) into.keys.push(key);
  if (isLeaf(into)) {
    for (const value of b.values) into.values.push(value);
  } else {
    // The first key of a branch is never compared, so it may be stale; here it stops being the first.
    into.keys[seam] = node.keys[left + 1]!;
    for (const child of b.children) into.children.push(child);
  }
  into.size += b.size;
  node.children[left] = into;
  removeAt(node.keys, left + 1);
  removeAt(node.children, left + 1);
}

function sizeOf<V>(nodes: readonly Node<V>[]): number {
  let size = 0;
  for (const node of nodes) size += node.size;
  return size;
}

// Faster than splice for arrays this short, and without its result array.
function insertAt<T>(list: T[], index: number, item: T): void {
  list.push(item);
  for (let i = list.length - 1; i > index; i--) list[i] = list[i - 1]!;
  list[index] = item;
}

function removeAt<T>(list: T[], index: number): void {
  for (let i = index + 1; i < list.length; i++) list[i - 1] = list[i]!;
  list.pop();
}
