import type { Clock, Random } from '@keelson/sdk';
import { StoreUnavailableError, type Entry, type Lease, type LeaseId, type RangeRequest, type RangeResult, type Store, type Txn, type TxnResult, type Watch, type WatchRequest, type WatchSink } from '../contract.ts';

/** Chances are between 0 and 1, and independent for each call; all default to 0. */
export interface StoreFaults {
  /** A call waits before it does anything. */
  readonly delay?: { readonly chance: number; readonly maxMs: number };
  /** A write is refused and never happens. */
  readonly failBefore?: number;
  /** A write happens, but its caller is told that the outcome is unknown. */
  readonly failAfter?: number;
  /** A read is refused. */
  readonly failRead?: number;
  /** The write with this number (from 1) is the last: it is carried out or not, by chance, and everything after is refused. */
  readonly crashAtWrite?: number;
}

/** What was done to whom; equal for equal seeds and equal calls. */
export interface InjectedFault {
  readonly call: string;
  readonly fault: 'delay' | 'fail-before' | 'fail-after' | 'fail-read' | 'crash';
}

/** A store that fails on purpose, as a seed says. Stale reads and lost watch events are the bus's faults, not made here. */
export class FaultyStore implements Store {
  /** Everything injected so far, in order. */
  readonly injected: InjectedFault[] = [];
  readonly #watches = new Map<Watch, WatchSink>();
  #writes = 0;
  #crashed = false;

  constructor(
    private readonly inner: Store,
    private readonly random: Random,
    private readonly clock: Clock,
    /** May be exchanged at any time, for example for a calm phase. */
    public faults: StoreFaults,
  ) {}

  get driver(): string {
    return this.inner.driver;
  }

  get revision(): number {
    return this.inner.revision;
  }

  get compactedRevision(): number {
    return this.inner.compactedRevision;
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  get(key: string): Promise<Entry | undefined> {
    return this.#read(`get ${key}`, () => this.inner.get(key));
  }

  range(request: RangeRequest): Promise<RangeResult> {
    return this.#read(`range ${request.start}`, () => this.inner.range(request));
  }

  txn(txn: Txn): Promise<TxnResult> {
    return this.#write(`txn ${txn.ops[0]?.key ?? ''}`, () => this.inner.txn(txn));
  }

  watch(request: WatchRequest, sink: WatchSink): Watch {
    const underlying: { watch?: Watch } = {};
    const watch: Watch = {
      cancel: () => {
        this.#watches.delete(watch);
        underlying.watch?.cancel();
      },
    };
    if (this.#crashed) {
      this.#watches.set(watch, sink);
      queueMicrotask(() => {
        if (this.#watches.delete(watch)) sink.end(gone());
      });
      return watch;
    }
    underlying.watch = this.inner.watch(request, {
      batch: (batch) => sink.batch(batch),
      ...(sink.progress === undefined ? {} : { progress: (revision: number) => sink.progress?.(revision) }),
      end: (error) => {
        this.#watches.delete(watch);
        sink.end(error);
      },
    });
    this.#watches.set(watch, sink);
    return watch;
  }

  compact(revision: number): Promise<void> {
    return this.#write(`compact ${revision}`, () => this.inner.compact(revision));
  }

  grantLease(ttlSeconds: number): Promise<Lease> {
    return this.#write('grant lease', () => this.inner.grantLease(ttlSeconds));
  }

  keepLeaseAlive(id: LeaseId): Promise<Lease> {
    return this.#write(`keep lease ${id}`, () => this.inner.keepLeaseAlive(id));
  }

  revokeLease(id: LeaseId): Promise<void> {
    return this.#write(`revoke lease ${id}`, () => this.inner.revokeLease(id));
  }

  health(signal?: AbortSignal): Promise<void> {
    return this.#crashed ? Promise.reject(gone()) : this.inner.health(signal);
  }

  /** Closes the store underneath, crashed or not. */
  close(): Promise<void> {
    return this.inner.close();
  }

  /** As if the process with the store had died: watches end, every call is refused. What was committed stays in the inner store. */
  crash(): void {
    if (this.#crashed) return;
    this.#crashed = true;
    for (const [watch, sink] of [...this.#watches]) {
      watch.cancel();
      sink.end(gone());
    }
  }

  async #read<T>(call: string, run: () => Promise<T>): Promise<T> {
    if (this.#crashed) throw gone();
    await this.#delay(call);
    if (this.#hit(this.faults.failRead)) throw this.#note(call, 'fail-read');
    return run();
  }

  async #write<T>(call: string, run: () => Promise<T>): Promise<T> {
    if (this.#crashed) throw gone();
    const last = ++this.#writes === this.faults.crashAtWrite;
    await this.#delay(call);
    if (this.#crashed) throw gone();
    if (last) {
      const done = this.random.next() < 0.5 ? run() : undefined;
      this.injected.push({ call, fault: 'crash' });
      this.crash();
      await done?.catch(() => undefined);
      throw gone();
    }
    if (this.#hit(this.faults.failBefore)) throw this.#note(call, 'fail-before');
    const failAfter = this.#hit(this.faults.failAfter);
    const result = await run();
    if (failAfter) throw this.#note(call, 'fail-after');
    return result;
  }

  async #delay(call: string): Promise<void> {
    const { delay } = this.faults;
    if (delay === undefined || !this.#hit(delay.chance)) return;
    this.injected.push({ call, fault: 'delay' });
    await this.clock.sleep(this.random.int(delay.maxMs) + 1);
  }

  /** Draws only where a fault may happen, so that adding one kind does not shift the others' sequence more than needed. */
  #hit(chance: number | undefined): boolean {
    return chance !== undefined && chance > 0 && this.random.next() < chance;
  }

  #note(call: string, fault: InjectedFault['fault']): StoreUnavailableError {
    this.injected.push({ call, fault });
    return new StoreUnavailableError(`injected fault ${fault} at ${call}`);
  }
}

function gone(): StoreUnavailableError {
  return new StoreUnavailableError('injected crash: the store is gone');
}
