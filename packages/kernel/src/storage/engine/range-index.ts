interface Item<T> {
  readonly start: string;
  readonly end: string;
  readonly value: T;
}

/**
 * Finds the ranges that contain a key. Rebuilt on the first look-up after a change: ranges change when watches come
 * and go, look-ups happen for every event.
 */
export class RangeIndex<T> {
  readonly #items = new Set<Item<T>>();
  #bounds: string[] | undefined;
  #segments: T[][] = [];

  /** Adds `[start, end)`; returns what removes it again. */
  add(start: string, end: string, value: T): () => void {
    const item = { start, end, value };
    this.#items.add(item);
    this.#bounds = undefined;
    return () => {
      if (this.#items.delete(item)) this.#bounds = undefined;
    };
  }

  /** Values of all ranges that contain the key, in the order in which they were added. Not to be kept. */
  match(key: string): readonly T[] {
    const bounds = this.#bounds ?? this.#build();
    let low = 0;
    let high = bounds.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bounds[middle]! <= key) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? [] : this.#segments[low - 1]!;
  }

  #build(): string[] {
    const unique = new Set<string>();
    for (const { start, end } of this.#items) {
      if (start < end) unique.add(start).add(end);
    }
    const bounds = [...unique].sort();
    const place = new Map(bounds.map((bound, i) => [bound, i]));
    this.#segments = bounds.map(() => []);
    for (const { start, end, value } of this.#items) {
      if (start >= end) continue;
      for (let i = place.get(start)!; i < place.get(end)!; i++) this.#segments[i]!.push(value);
    }
    this.#bounds = bounds;
    return bounds;
  }
}
