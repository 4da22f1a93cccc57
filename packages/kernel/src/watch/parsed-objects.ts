import type { KubeObject } from '@keelson/api';

/**
 * Parsed forms by the bytes that they are of, kept as long as those. Clusters that share stored bytes, as a fork and what
 * it was forked from do, share these, so that only the first of them parses.
 */
export type SharedParses = WeakMap<Buffer, KubeObject>;

/** Something that can drop its parsed form, keeping the bytes. */
export interface Parsed {
  forget(): void;
}

/**
 * Bounds how many objects of a kernel stay parsed beside their bytes: a ring in order of parsing. Informers keep
 * their own references, so forgetting only costs a second parse for a late reader. The ring is short, so that what is
 * forgotten is still young: parsed objects that reach the old generation before they are dropped leave holes all over
 * it (150,000 pods took a third more memory with a ring of 1,024, and a rollout of 1,000 gained nothing from it).
 */
export class ParsedObjects {
  readonly #ring: (Parsed | undefined)[];
  #next = 0;
  /** In order of announcement, as many as the ring holds. */
  readonly #expected = new Map<Buffer, (bytes: Buffer) => KubeObject>();

  constructor(capacity = 64, private readonly shared?: SharedParses) {
    this.#ring = new Array<Parsed | undefined>(capacity).fill(undefined);
  }

  /** Says how to make the object of bytes that are about to be stored, by whoever has it at hand: cheaper than to parse them. */
  expect(bytes: Buffer, make: (bytes: Buffer) => KubeObject): void {
    this.#expected.set(bytes, make);
    if (this.#expected.size <= this.#ring.length) return;
    for (const oldest of this.#expected.keys()) {
      this.#expected.delete(oldest);
      return;
    }
  }

  /** The frozen object of stored bytes. */
  parse(bytes: Buffer): KubeObject {
    const known = this.shared?.get(bytes);
    if (known !== undefined) return known;
    const make = this.#expected.get(bytes);
    if (make !== undefined) this.#expected.delete(bytes);
    const object = make === undefined ? parseFrozen(bytes) : make(bytes);
    this.shared?.set(bytes, object);
    return object;
  }

  /** Notes that `parsed` now holds an object, and lets the oldest one go. */
  add(parsed: Parsed): void {
    const at = this.#next;
    this.#ring[at]?.forget();
    this.#ring[at] = parsed;
    this.#next = at + 1 === this.#ring.length ? 0 : at + 1;
  }
}

/** Parses stored bytes into an object that nobody can change, since all readers of the process share it. */
export function parseFrozen(bytes: Buffer): KubeObject {
  return deepFreeze(JSON.parse(bytes.toString('utf8')) as KubeObject);
}

/** Freezes a JSON value at every depth. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) {
    for (const item of value) deepFreeze(item);
  } else {
    for (const key in value) deepFreeze((value as Record<string, unknown>)[key]);
  }
  return Object.freeze(value);
}
