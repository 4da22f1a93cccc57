import type { RowSource } from './table.ts';

/** Keeps values of objects by uid and resourceVersion, the least recently used ones only. */
export class RevisionCache<V> {
  private readonly entries = new Map<string, { readonly resourceVersion: string; readonly value: V }>();

  constructor(private readonly capacity: number) {}

  /** The value for this state of the object, made by `make` if it is not there. */
  of(uid: string, resourceVersion: string, make: () => V): V {
    const found = this.entries.get(uid);
    this.entries.delete(uid); // and set again: the order of a Map is the order of use
    const entry = found?.resourceVersion === resourceVersion ? found : { resourceVersion, value: make() };
    this.entries.set(uid, entry);
    if (this.entries.size > this.capacity) this.dropOldest();
    return entry.value;
  }

  private dropOldest(): void {
    for (const uid of this.entries.keys()) {
      this.entries.delete(uid);
      return;
    }
  }
}

interface Identified {
  readonly metadata: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined };
}

/** Cells that stay as they are for one state of an object, and those that tell the time. */
export interface TimedRow {
  readonly cells: readonly unknown[];
  /** Fills in the cells that depend on the time; the identity when there are none. */
  at(now: number): readonly unknown[];
}

/** A row source that works out each state of an object once; objects without uid are not kept. */
export function cachedRows<T extends Identified>(columns: RowSource<T>['columns'], row: (object: T) => TimedRow, cache: RevisionCache<TimedRow>): RowSource<T> {
  return {
    columns,
    cells(object, now) {
      const { uid, resourceVersion } = object.metadata;
      const timed = uid === undefined || resourceVersion === undefined ? row(object) : cache.of(uid, resourceVersion, () => row(object));
      return timed.at(now);
    },
  };
}
