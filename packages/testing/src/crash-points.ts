import type { Clock } from '@keelson/sdk';
import type { Lease, LeaseId, RangeRequest, RangeResult, Store, Txn, TxnResult, Watch, WatchRequest, WatchSink } from '@keelson/kernel/storage';

/** A deployment of thousands of pods is not there at once; a controller that answers its own writes is. */
const mostInInstant = 100_000;

/** A store that can be looked at the instant a write has happened, before anybody has its answer. */
export class CrashPoints implements Store {
  readonly driver: string;
  #writes = 0;
  #waiting: { readonly at: number; readonly reached: () => void }[] = [];

  readonly #newest: string[] = [];
  #instant = 0;
  #inInstant = 0;

  constructor(
    private readonly inner: Store,
    private readonly clock: Clock,
  ) {
    this.driver = inner.driver;
  }

  /** Errors: an `Error` with the newest keys once more was written in one instant of virtual time than work explains. */
  checkProgress(): void {
    if (this.#inInstant > mostInInstant) throw new Error(`more than ${mostInInstant} writes in one instant of virtual time, something feeds itself; the newest:\n${this.#newest.join('\n')}`);
  }

  /** Resolves to what `look` sees within the `count`-th transaction from now: it is committed, its writer does not know yet. */
  at<T>(count: number, look: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#waiting.push({ at: this.#writes + count, reached: () => resolve(look()) });
    });
  }

  get revision(): number {
    return this.inner.revision;
  }

  get compactedRevision(): number {
    return this.inner.compactedRevision;
  }

  txn(txn: Txn): Promise<TxnResult> {
    this.#count(txn);
    // Refusing all that follows is what lets the promise callbacks run dry, and the test see the error.
    if (this.#inInstant > mostInInstant) return new Promise(() => undefined);
    const result = this.inner.txn(txn);
    this.#writes += 1;
    const due = this.#waiting.filter(({ at }) => at <= this.#writes);
    if (due.length > 0) {
      this.#waiting = this.#waiting.filter(({ at }) => at > this.#writes);
      for (const { reached } of due) reached();
    }
    return result;
  }

  #count(txn: Txn): void {
    const now = this.clock.now();
    if (now !== this.#instant) this.#inInstant = 0;
    this.#instant = now;
    this.#inInstant += 1;
    if (this.#inInstant > mostInInstant - 20) this.#newest.push(txn.ops.map((op) => `${op.type} ${op.key}`).join(', '));
  }

  get(key: string): ReturnType<Store['get']> {
    return this.inner.get(key);
  }

  range(request: RangeRequest): Promise<RangeResult> {
    return this.inner.range(request);
  }

  watch(request: WatchRequest, sink: WatchSink): Watch {
    return this.inner.watch(request, sink);
  }

  compact(revision: number): Promise<void> {
    return this.inner.compact(revision);
  }

  grantLease(ttlSeconds: number): Promise<Lease> {
    return this.inner.grantLease(ttlSeconds);
  }

  keepLeaseAlive(id: LeaseId): Promise<Lease> {
    return this.inner.keepLeaseAlive(id);
  }

  revokeLease(id: LeaseId): Promise<void> {
    return this.inner.revokeLease(id);
  }

  health(signal?: AbortSignal): Promise<void> {
    return this.inner.health(signal);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
