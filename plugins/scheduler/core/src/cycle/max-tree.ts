import type { Random } from '@keelson/sdk';

/**
 * Totals by row that know their maximum and how many rows have it: a change costs the depth of a binary tree, the best
 * row among equals is drawn without looking at the others. Rows that do not fit have the total -1.
 */
export class MaxTree {
  readonly size: number;
  readonly #leaves: number;
  /** Node `i` has the children `2i` and `2i+1`; leaves start at `#leaves`. */
  readonly #max: Float64Array;
  readonly #ties: Int32Array;

  constructor(size: number) {
    this.size = size;
    let leaves = 1;
    while (leaves < size) leaves *= 2;
    this.#leaves = leaves;
    this.#max = new Float64Array(2 * leaves).fill(-1);
    this.#ties = new Int32Array(2 * leaves);
  }

  /** Rows that fit anywhere below have a maximum of at least 0. */
  get max(): number {
    return this.#max[1]!;
  }

  at(row: number): number {
    return this.#max[this.#leaves + row]!;
  }

  set(row: number, total: number): void {
    let node = this.#leaves + row;
    this.#max[node] = total;
    this.#ties[node] = 1;
    for (node >>= 1; node >= 1; node >>= 1) if (!this.#combine(node)) return;
  }

  /** Writes a leaf only; `rebuild` after the last one. For many changes at once. */
  put(row: number, total: number): void {
    this.#max[this.#leaves + row] = total;
    this.#ties[this.#leaves + row] = 1;
  }

  rebuild(): void {
    for (let node = this.#leaves - 1; node >= 1; node--) this.#combine(node);
  }

  /** A row with the maximum, each as likely as the others, for one random number. */
  pick(random: Random): number {
    const ties = this.#ties[1]!;
    let skip = ties <= 1 ? 0 : random.int(ties);
    let node = 1;
    const { max } = this;
    while (node < this.#leaves) {
      node *= 2;
      const here = this.#max[node] === max ? this.#ties[node]! : 0;
      if (skip < here) continue;
      skip -= here;
      node++;
    }
    return node - this.#leaves;
  }

  /** False if the node stays as it was: then its parents do too. */
  #combine(node: number): boolean {
    const left = this.#max[2 * node]!;
    const right = this.#max[2 * node + 1]!;
    const max = left >= right ? left : right;
    const ties = (left === max ? this.#ties[2 * node]! : 0) + (right === max ? this.#ties[2 * node + 1]! : 0);
    if (this.#max[node] === max && this.#ties[node] === ties) return false;
    this.#max[node] = max;
    this.#ties[node] = ties;
    return true;
  }
}
