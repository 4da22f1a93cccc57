import type { KubeObject } from '@keelson/api';
import { revisionOf } from '@keelson/client';

/** The cache that expectations are held against. */
export interface ExpectedIn {
  readonly revision: number;
  readonly store: { get(key: string): KubeObject | undefined };
}

interface ExpectedState {
  readonly revision: number;
  readonly selected: boolean;
}

/**
 * What one controller has done to one cache's kind and must see there before it looks again.
 *
 * A write is seen when the cache is complete up to its revision. A delete is expected by uid: the object is gone, or
 * marked as terminating, or another object of that name. Where the cache holds a selection only, the written object is
 * looked for itself, since the server never announces what the selection leaves out.
 */
export class Expectations {
  #highest = 0;
  readonly #written = new Map<string, ExpectedState>();
  readonly #deleted = new Map<string, string>();

  /** `selects` is given for a cache of a selection. */
  constructor(
    private readonly cache: ExpectedIn,
    private readonly selects: ((object: KubeObject) => boolean) | undefined,
  ) {}

  /** True when the cache holds objects like this one. */
  covers(object: KubeObject): boolean {
    return this.selects?.(object) ?? true;
  }

  /** The write of `object` was acknowledged. */
  written(key: string, object: KubeObject): void {
    const revision = revisionOf(object.metadata.resourceVersion);
    if (this.selects === undefined) this.#highest = Math.max(this.#highest, revision);
    else this.#written.set(key, { revision, selected: this.selects(object) });
  }

  /** A revision of this kind was acknowledged without its object (answer of a subresource). */
  reached(revision: number): void {
    if (this.selects === undefined) this.#highest = Math.max(this.#highest, revision);
  }

  /** The delete of the object with this uid was acknowledged. */
  deleted(key: string, uid: string): void {
    this.#deleted.set(key, uid);
  }

  /** The revision that the cache must be complete up to. */
  get highest(): number {
    return this.#highest;
  }

  /** True when the cache shows everything expected so far. */
  fulfilled(): boolean {
    if (this.cache.revision < this.#highest) return false;
    for (const [key, state] of this.#written) {
      if (!this.#shows(key, state)) return false;
      this.#written.delete(key);
    }
    for (const [key, uid] of this.#deleted) {
      const object = this.cache.store.get(key);
      if (object?.metadata.uid === uid && object.metadata.deletionTimestamp === undefined) return false;
      this.#deleted.delete(key);
    }
    return true;
  }

  /** Forgets everything: the server went back to an older state. */
  clear(): void {
    this.#highest = 0;
    this.#written.clear();
    this.#deleted.clear();
  }

  #shows(key: string, { revision, selected }: ExpectedState): boolean {
    if (this.cache.revision >= revision) return true;
    const object = this.cache.store.get(key);
    if (object === undefined) return !selected;
    return revisionOf(object.metadata.resourceVersion) >= revision;
  }
}
