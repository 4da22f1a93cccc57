/** The value in the middle: single rounds on a shared machine say little. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Figures of several rounds by name. */
export class Rounds {
  readonly #values = new Map<string, number[]>();

  note(name: string, value: number): void {
    const values = this.#values.get(name);
    if (values === undefined) this.#values.set(name, [value]);
    else values.push(value);
  }

  median(name: string): number {
    return median(this.#values.get(name)!);
  }

  /** Median over the rounds of one figure divided by another of the same round: load from outside hits both alike. */
  ratio(name: string, by: string): number {
    const over = this.#values.get(by)!;
    return median(this.#values.get(name)!.map((value, round) => value / over[round]!));
  }

  /** How far the median ratio may be off: half of its 95 % interval, from the middle half of the rounds. */
  uncertainty(name: string, by: string): number {
    const over = this.#values.get(by)!;
    const ratios = this.#values.get(name)!.map((value, round) => value / over[round]!).sort((a, b) => a - b);
    const quarter = (share: number): number => ratios[Math.floor((ratios.length - 1) * share)]!;
    return (1.57 * (quarter(0.75) - quarter(0.25))) / Math.sqrt(ratios.length);
  }
}
