import type { Cancel, Clock } from '@keelson/sdk';
import { LeaseNotFoundError, type Entry, type LeaseId } from '../contract.ts';

interface Held {
  readonly ttlSeconds: number;
  readonly keys: Set<string>;
  deadline: number;
  timer: Cancel | undefined;
  /** Its end has been decided but is not durable yet. */
  ending: boolean;
}

const expiryRetryMs = 1000;

/** What outlives a restart or goes over to a fork. */
export interface LeaseGrant {
  readonly id: LeaseId;
  readonly ttlSeconds: number;
  /** Milliseconds that the lease has left; absent: the whole time to live. */
  readonly leftMs?: number;
}

/** Leases, their deadlines and the keys attached to them. Deletes nothing itself: `expire` is called when one ends. */
export class Leases {
  readonly #held = new Map<LeaseId, Held>();
  #lastId = 0;

  constructor(
    private readonly clock: Clock,
    private readonly expire: (id: LeaseId) => void,
  ) {}

  /** Ids count upwards, so that runs are reproducible; those of a former life are skipped. */
  nextId(): LeaseId {
    this.#lastId += 1;
    return String(this.#lastId);
  }

  /** Adds a lease whose time starts now. */
  add({ id, ttlSeconds, leftMs }: LeaseGrant): void {
    const held: Held = { ttlSeconds, keys: new Set(), deadline: 0, timer: undefined, ending: false };
    this.#held.set(id, held);
    this.#lastId = Math.max(this.#lastId, Number(id));
    this.#arm(id, held, leftMs ?? ttlSeconds * 1000);
  }

  /** The lease's time starts anew. Returns its time to live in seconds. */
  renew(id: LeaseId): number {
    const held = this.#need(id);
    this.#arm(id, held, held.ttlSeconds * 1000);
    return held.ttlSeconds;
  }

  /** Throws `LeaseNotFoundError` unless the lease lives. */
  check(id: LeaseId): void {
    this.#need(id);
  }

  /** Keys attached to a live lease, in the order in which they were attached. */
  keysOf(id: LeaseId): readonly string[] {
    return [...this.#need(id).keys];
  }

  /** Follows a write: the key leaves the old entry's lease and joins the new one's. */
  move(key: string, previous: Entry | undefined, entry: Entry | undefined): void {
    if (previous?.lease === entry?.lease) return;
    if (previous?.lease !== undefined) this.#held.get(previous.lease)?.keys.delete(key);
    if (entry?.lease !== undefined) this.#held.get(entry.lease)?.keys.add(key);
  }

  /** From here on the lease is gone for clients; {@link remove} or {@link keep} follows. */
  end(id: LeaseId): void {
    this.#need(id).ending = true;
  }

  /** Its end could not be written: it lives on and its expiry is tried again soon. */
  keep(id: LeaseId): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    held.ending = false;
    this.#arm(id, held, expiryRetryMs);
  }

  /** Attaches anew after the state went back to an older one. */
  reattach(entries: Iterable<Entry>): void {
    for (const held of this.#held.values()) held.keys.clear();
    for (const entry of entries) this.move(entry.key, undefined, entry);
  }

  /** Takes leases with their keys from another table. */
  adopt(other: Leases): void {
    for (const grant of other.grants()) this.add(grant);
    for (const [id, { keys }] of other.#held) for (const key of keys) this.#held.get(id)?.keys.add(key);
    this.#lastId = other.#lastId;
  }

  remove(id: LeaseId): void {
    this.#held.get(id)?.timer?.cancel();
    this.#held.delete(id);
  }

  /** All live leases, for a snapshot or a fork. */
  grants(): LeaseGrant[] {
    const now = this.clock.monotonic();
    return [...this.#held].map(([id, { ttlSeconds, deadline }]) => ({ id, ttlSeconds, leftMs: Math.max(0, deadline - now) }));
  }

  stop(): void {
    for (const held of this.#held.values()) held.timer?.cancel();
    this.#held.clear();
  }

  #arm(id: LeaseId, held: Held, ms: number): void {
    held.timer?.cancel();
    held.deadline = this.clock.monotonic() + ms;
    held.timer = this.clock.after(ms, () => this.expire(id));
  }

  #need(id: LeaseId): Held {
    const held = this.#held.get(id);
    if (held === undefined || held.ending) throw new LeaseNotFoundError(id);
    return held;
  }
}
