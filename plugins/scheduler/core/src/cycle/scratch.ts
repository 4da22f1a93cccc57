/** Arrays of one scheduling cycle, kept between cycles so that placing a pod allocates nothing that grows with the cluster. */
export class Scratch {
  rows = new Int32Array(0);
  feasible = new Int32Array(0);
  verdicts = new Uint8Array(0);
  scores = new Float64Array(0);
  totals = new Float64Array(0);

  /** Makes room for `count` nodes and clears the verdicts. */
  prepare(count: number): void {
    if (this.rows.length < count) {
      const capacity = Math.max(64, 2 * count);
      this.rows = new Int32Array(capacity);
      this.feasible = new Int32Array(capacity);
      this.verdicts = new Uint8Array(capacity);
      this.scores = new Float64Array(capacity);
      this.totals = new Float64Array(capacity);
    }
    this.verdicts.fill(0, 0, count);
  }
}
