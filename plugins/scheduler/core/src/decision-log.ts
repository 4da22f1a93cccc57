/** What the last try to place a pod came to, for spans, events and questions. */
export interface DecisionRecord {
  readonly pod: string;
  readonly uid: string;
  readonly attempt: number;
  /** Wall time, milliseconds. */
  readonly at: number;
  readonly node?: string;
  readonly score?: number;
  readonly feasible: number;
  readonly evaluated: number;
  /** Number of nodes by reason; empty for a placed pod. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The text that the event carries. */
  readonly message?: string;
}

/** The last decisions, by pod uid; the oldest leave first. */
export class DecisionLog {
  readonly #limit: number;
  readonly #records = new Map<string, DecisionRecord>();

  constructor(limit = 1024) {
    this.#limit = limit;
  }

  add(record: DecisionRecord): void {
    this.#records.delete(record.uid);
    this.#records.set(record.uid, record);
    if (this.#records.size > this.#limit) this.#records.delete(this.#records.keys().next().value!);
  }

  get(uid: string): DecisionRecord | undefined {
    return this.#records.get(uid);
  }
}
