/** Changes remembered; a reader that is further behind looks at everything. A power of two. */
const capacity = 8192;

/** Which rows changed, in order, so that results of earlier cycles can be brought up to date row by row. */
export class ChangeLog {
  readonly #rows = new Int32Array(capacity);
  #sequence = 0;

  /** Number of changes so far. */
  get sequence(): number {
    return this.#sequence;
  }

  add(row: number): void {
    this.#rows[this.#sequence & (capacity - 1)] = row;
    this.#sequence++;
  }

  /** Writes the distinct rows changed since `sequence` to `rows`; returns how many, or undefined if that is not known any more. */
  since(sequence: number, rows: Int32Array): number | undefined {
    if (this.#sequence - sequence > Math.min(capacity, rows.length)) return undefined;
    let count = 0;
    for (let at = sequence; at < this.#sequence; at++) {
      const row = this.#rows[at & (capacity - 1)]!;
      if (rows.subarray(0, count).indexOf(row) < 0) rows[count++] = row;
    }
    return count;
  }
}
