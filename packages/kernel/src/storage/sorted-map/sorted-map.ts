import { insert, remove } from './edit.ts';
import { leaf, type Node, type Owner } from './node.ts';
import { count, find, rank, scan, type KeyRange, type Visit } from './scan.ts';

/** How many entries {@link SortedMap.entries} takes from the tree at a time. */
const pageSize = 64;

/**
 * A persistent ordered map from strings, kept in code-unit order (the order of `<`).
 *
 * Every instance is immutable and shares structure with those it came from, so keeping one is a snapshot for free.
 * Many changes at once go through {@link edit}, which copies each touched node once instead of once per change.
 */
export class SortedMap<V> {
  private constructor(private readonly root: Node<V>) {}

  /** The map without entries. */
  static empty<V>(): SortedMap<V> {
    return new SortedMap<V>(leaf<V>(undefined, [], []));
  }

  /** Internal to the storage layer: wraps a frozen root. */
  static ofRoot<V>(root: Node<V>): SortedMap<V> {
    return new SortedMap<V>(root);
  }

  get size(): number {
    return this.root.size;
  }

  get(key: string): V | undefined {
    return find(this.root, key);
  }

  /** A map that also holds (or now maps) `key`; this one is unchanged. */
  set(key: string, value: V): SortedMap<V> {
    return new SortedMap<V>(insert(this.root, {}, key, value));
  }

  /** A map without `key`; this one is unchanged. */
  delete(key: string): SortedMap<V> {
    return find(this.root, key) === undefined ? this : new SortedMap<V>(remove(this.root, {}, key));
  }

  /** How many keys lie in the range. O(log n). */
  count(range: KeyRange = {}): number {
    return count(this.root, range);
  }

  /** How many keys are less than `key`. O(log n). */
  rank(key: string): number {
    return rank(this.root, key);
  }

  /** Visits a range in order; the fastest way through. Returns false if the visitor ended it. */
  scan(range: KeyRange, visit: Visit<V>): boolean {
    return scan(this.root, range, visit);
  }

  /** The values of a range in order, at most `limit` of them (0: all). */
  values(range: KeyRange = {}, limit = 0): V[] {
    return valuesOf(this.root, range, limit);
  }

  /** Lazy iteration over a range; may be paused for as long as one likes. */
  *entries(range: KeyRange = {}): Generator<readonly [key: string, value: V], void, undefined> {
    const page: (readonly [string, V])[] = [];
    let rest: KeyRange = range;
    for (;;) {
      page.length = 0;
      scan(this.root, rest, (value, key) => {
        page.push([key, value]);
        return page.length < pageSize;
      });
      yield* page;
      if (page.length < pageSize) return;
      const last = page[page.length - 1]![0];
      // The smallest string after `last` is `last` with a NUL; before it: `last` itself, as `end` is exclusive.
      rest = range.reverse === true ? { ...range, end: last } : { ...range, start: `${last}\0` };
    }
  }

  [Symbol.iterator](): Generator<readonly [key: string, value: V], void, undefined> {
    return this.entries();
  }

  /** A mutable working copy; O(1). */
  edit(): SortedMapEditor<V> {
    return new SortedMapEditor<V>(this.root);
  }
}

/** A mutable ordered map that can hand out immutable snapshots of itself in O(1). */
export class SortedMapEditor<V> {
  #root: Node<V>;
  #owner: Owner = {};
  #frozen: SortedMap<V> | undefined;

  /** Use {@link SortedMap.edit}. */
  constructor(root: Node<V>) {
    this.#root = root;
  }

  get size(): number {
    return this.#root.size;
  }

  get(key: string): V | undefined {
    return find(this.#root, key);
  }

  set(key: string, value: V): void {
    this.#frozen = undefined;
    this.#root = insert(this.#root, this.#owner, key, value);
  }

  /** True if the key was there. */
  delete(key: string): boolean {
    if (find(this.#root, key) === undefined) return false;
    this.#frozen = undefined;
    this.#root = remove(this.#root, this.#owner, key);
    return true;
  }

  /** How many keys lie in the range. O(log n). */
  count(range: KeyRange = {}): number {
    return count(this.#root, range);
  }

  /** Visits a range in order; the editor must not be changed meanwhile. */
  scan(range: KeyRange, visit: Visit<V>): boolean {
    return scan(this.#root, range, visit);
  }

  /** The values of a range in order, at most `limit` of them (0: all). */
  values(range: KeyRange = {}, limit = 0): V[] {
    return valuesOf(this.#root, range, limit);
  }

  /** The present content as an immutable map. The editor can go on; O(1). */
  freeze(): SortedMap<V> {
    if (this.#frozen === undefined) {
      this.#owner = {};
      this.#frozen = SortedMap.ofRoot(this.#root);
    }
    return this.#frozen;
  }
}

function valuesOf<V>(root: Node<V>, range: KeyRange, limit: number): V[] {
  const values: V[] = [];
  scan(root, range, (value) => {
    values.push(value);
    return limit === 0 || values.length < limit;
  });
  return values;
}
