import type { SortedMap } from '../../storage/index.ts';
import type { CachedObject } from '../../watch/index.ts';

/**
 * Snapshots that a paged list is reading, by revision, so that its later pages cost no read of the store's history.
 * Bounded: the oldest is dropped, its reader then falls back to the store (and 410 once that is compacted).
 */
export class PinnedSnapshots {
  readonly #byRevision = new Map<number, SortedMap<CachedObject>>();

  constructor(private readonly capacity = 16) {}

  pin(revision: number, state: SortedMap<CachedObject>): void {
    this.#byRevision.delete(revision);
    this.#byRevision.set(revision, state);
    if (this.#byRevision.size <= this.capacity) return;
    const oldest = this.#byRevision.keys().next();
    if (oldest.done !== true) this.#byRevision.delete(oldest.value);
  }

  get(revision: number): SortedMap<CachedObject> | undefined {
    return this.#byRevision.get(revision);
  }
}
