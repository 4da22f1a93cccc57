/**
 * Nodes of the persistent B+tree. One class serves leaves and branches, so that the engine sees one shape.
 *
 * A node may be written to only by the edit whose token it carries; everybody else copies it first. Dropping the
 * token (freeze) therefore makes a whole tree immutable in O(1).
 */

/** Identity of one edit session. */
export type Owner = object;

/** Most keys in a leaf and children in a branch; 32 measured best for mixed sets, gets and path copies. */
export const maxFanout = 32;

const noValues: never[] = [];
const noChildren: never[] = [];

export class Node<V> {
  constructor(
    readonly owner: Owner | undefined,
    /** Leaf: the keys. Branch: `keys[i]` is a lower bound of `children[i]`; `keys[0]` is never compared. */
    readonly keys: string[],
    readonly values: V[],
    readonly children: Node<V>[],
    /** How many entries lie below. */
    public size: number,
  ) {}
}

/** A leaf from parallel arrays, which it takes over. */
export function leaf<V>(owner: Owner | undefined, keys: string[], values: V[]): Node<V> {
  return new Node<V>(owner, keys, values, noChildren, keys.length);
}

/** A branch from parallel arrays, which it takes over. */
export function branch<V>(owner: Owner | undefined, keys: string[], children: Node<V>[], size: number): Node<V> {
  return new Node<V>(owner, keys, noValues, children, size);
}

/** True if the node holds values rather than children. */
export function isLeaf<V>(node: Node<V>): boolean {
  return node.children === (noChildren as Node<V>[]);
}

/** The node itself if the edit may write to it, else a copy that it may write to. */
export function owned<V>(node: Node<V>, owner: Owner): Node<V> {
  if (node.owner === owner) return node;
  return isLeaf(node)
    ? new Node<V>(owner, node.keys.slice(), node.values.slice(), noChildren, node.size)
    : new Node<V>(owner, node.keys.slice(), noValues, node.children.slice(), node.size);
}

/** First index whose key is not less than `key`; `keys.length` if there is none. */
export function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The child of a branch in which `key` lies or would lie. */
export function childIndex(keys: readonly string[], key: string): number {
  let low = 1;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keys[middle]! <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
