import type { KubeObject } from '@keelson/api';

const none: ReadonlyMap<string, never> = new Map<string, never>();

/** An incrementally kept index: value → key → object. A change costs the values of that object, never a scan. */
export class ObjectIndex<T extends KubeObject> {
  readonly #buckets = new Map<string, Map<string, T>>();

  constructor(private readonly of: (object: T) => readonly string[]) {}

  /** Objects under a value, by key. */
  get(value: string): ReadonlyMap<string, T> {
    return this.#buckets.get(value) ?? none;
  }

  add(key: string, object: T): void {
    for (const value of this.of(object)) {
      const bucket = this.#buckets.get(value);
      if (bucket === undefined) this.#buckets.set(value, new Map([[key, object]]));
      else bucket.set(key, object);
    }
  }

  remove(key: string, object: T): void {
    for (const value of this.of(object)) this.#drop(value, key);
  }

  /** Takes the new state of an object; values that stay are replaced in place. */
  replace(key: string, previous: T, next: T): void {
    const values = this.of(next);
    for (const value of this.of(previous)) if (!values.includes(value)) this.#drop(value, key);
    this.add(key, next);
  }

  #drop(value: string, key: string): void {
    const bucket = this.#buckets.get(value);
    if (bucket === undefined) return;
    bucket.delete(key);
    if (bucket.size === 0) this.#buckets.delete(value);
  }
}
