import type { Lease, LeaseId, RangeRequest, RangeResult, Store, Txn, TxnResult, Watch, WatchRequest, WatchSink } from '@keelson/kernel/storage';

/** A store that can be looked at the instant a write has happened, before anybody has its answer. */
export class CrashPoints implements Store {
  readonly driver: string;
  #writes = 0;
  #waiting: { readonly at: number; readonly reached: () => void }[] = [];

  constructor(private readonly inner: Store) {
    this.driver = inner.driver;
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
    const result = this.inner.txn(txn);
    this.#writes += 1;
    const due = this.#waiting.filter(({ at }) => at <= this.#writes);
    if (due.length > 0) {
      this.#waiting = this.#waiting.filter(({ at }) => at > this.#writes);
      for (const { reached } of due) reached();
    }
    return result;
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
