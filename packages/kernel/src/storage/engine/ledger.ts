import type { Entry, Op, StoreEvent, StoreOptions, Txn, TxnResult, WatchBatch } from '../contract.ts';
import type { SortedMap, SortedMapEditor } from '../sorted-map/index.ts';
import type { Leases } from './leases.ts';
import { orderKey } from './order-key.ts';

/** A transaction's answer and, if it changed something, what it changed. */
export interface Outcome {
  readonly result: TxnResult;
  readonly batch: WatchBatch | undefined;
}

/** The newest state, durable or not, on which transactions are decided one after the other. */
export class Ledger {
  #state: SortedMapEditor<Entry>;
  #revision: number;

  constructor(
    state: SortedMap<Entry>,
    revision: number,
    private readonly leases: Pick<Leases, 'check' | 'move'>,
    private readonly stamp: StoreOptions['stamp'],
  ) {
    this.#state = state.edit();
    this.#revision = revision;
  }

  get revision(): number {
    return this.#revision;
  }

  /** The state for reading; changes under the reader, who must not hold on to it. */
  get state(): SortedMapEditor<Entry> {
    return this.#state;
  }

  /** Decides and applies. Throws `LeaseNotFoundError` before anything is changed. */
  txn({ compare, ops }: Txn): Outcome {
    for (const { key, modRevision } of compare) {
      const entry = this.#state.get(orderKey(key));
      if ((entry === undefined ? 0 : entry.modRevision) !== modRevision) return this.#refuse(compare);
    }
    for (const op of ops) {
      if (op.type === 'put' && op.lease !== undefined) this.leases.check(op.lease);
    }
    const revision = this.#revision + 1;
    const events: StoreEvent[] = [];
    const entries: (Entry | undefined)[] = [];
    // All stamps before the first change: if one throws, nothing has happened.
    if (this.stamp !== undefined) {
      for (const op of ops) if (op.type === 'put') this.stamp(op.value, revision);
    }
    for (const op of ops) entries.push(this.#apply(op, revision, events));
    if (events.length === 0) return { result: { ok: true, revision: this.#revision, entries }, batch: undefined };
    this.#revision = revision;
    return { result: { ok: true, revision, entries }, batch: { revision, events } };
  }

  /** Goes back to a durable state because what came after it could not be written. */
  rollback(state: SortedMap<Entry>, revision: number): void {
    this.#state = state.edit();
    this.#revision = revision;
  }

  #refuse(compare: Txn['compare']): Outcome {
    const current = compare.map(({ key }) => this.#state.get(orderKey(key)));
    return { result: { ok: false, revision: this.#revision, current }, batch: undefined };
  }

  #apply(op: Op, revision: number, events: StoreEvent[]): Entry | undefined {
    const { key } = op;
    const place = orderKey(key);
    const previous = this.#state.get(place);
    if (op.type === 'delete') {
      if (previous === undefined) return undefined;
      this.#state.delete(place);
      this.leases.move(key, previous, undefined);
      events.push({ type: 'delete', key, modRevision: revision, previous });
      return previous;
    }
    const entry = entryOf(op, revision, previous);
    this.#state.set(place, entry);
    this.leases.move(key, previous, entry);
    events.push({ type: 'put', entry, previous });
    return entry;
  }
}

function entryOf(op: Op & { type: 'put' }, revision: number, previous: Entry | undefined): Entry {
  const { key, value, lease } = op;
  const createRevision = previous === undefined ? revision : previous.createRevision;
  const version = previous === undefined ? 1 : previous.version + 1;
  const entry = { key, value, createRevision, modRevision: revision, version };
  return lease === undefined ? entry : { ...entry, lease };
}
