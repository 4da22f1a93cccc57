import type { Node } from '@keelson/api/core/v1';
import type { AttributeColumn, NodeAttribute } from '@keelson/sdk/scheduler';
import { grown } from './grown.ts';

/** One node attribute as a column of ids; ids of values that no node has any more are used again. */
export class InternedColumn<T> implements AttributeColumn<T> {
  ids: Int32Array;
  readonly values: (T | undefined)[] = [];
  readonly #attribute: NodeAttribute<T>;
  readonly #idByKey = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #uses: number[] = [];
  readonly #free: number[] = [];

  constructor(attribute: NodeAttribute<T>, capacity: number) {
    this.#attribute = attribute;
    this.ids = new Int32Array(capacity).fill(-1);
  }

  grow(capacity: number): void {
    const old = this.ids.length;
    this.ids = grown(this.ids, capacity);
    this.ids.fill(-1, old);
  }

  set(row: number, node: Node): void {
    const value = this.#attribute.of(node);
    const key = this.#attribute.key(value);
    const before = this.ids[row]!;
    if (before >= 0 && this.#keys[before] === key) return;
    this.clear(row);
    let id = this.#idByKey.get(key);
    if (id === undefined) {
      id = this.#free.pop() ?? this.values.length;
      this.#idByKey.set(key, id);
      this.#keys[id] = key;
      this.values[id] = value;
      this.#uses[id] = 0;
    }
    this.#uses[id]!++;
    this.ids[row] = id;
  }

  clear(row: number): void {
    const id = this.ids[row]!;
    if (id < 0) return;
    this.ids[row] = -1;
    if (--this.#uses[id]! > 0) return;
    this.#idByKey.delete(this.#keys[id]!);
    this.values[id] = undefined;
    this.#free.push(id);
  }
}
