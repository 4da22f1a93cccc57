import type { Kind } from '@keelson/api';
import type { Clock } from '@keelson/sdk';
import type { LeaseId, Store } from '../../storage/index.ts';

/** Events are kept for an hour, as upstream's default `--event-ttl`. */
const ttlSeconds = 3600;
/** One lease serves all events of this long, so that an event does not cost a lease. */
const reuseMs = 60_000;

/** Leases for objects that expire by themselves. */
export class EventLeases {
  #current: { readonly lease: Promise<LeaseId>; readonly until: number } | undefined;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  applies(kind: Pick<Kind, 'group' | 'plural'>): boolean {
    return kind.plural === 'events' && kind.group === '';
  }

  /** A lease that lasts for at least the time to live. */
  current(): Promise<LeaseId> {
    const now = this.clock.now();
    if (this.#current !== undefined && now < this.#current.until) return this.#current.lease;
    const lease = this.store.grantLease(ttlSeconds + reuseMs / 1000).then(({ id }) => id);
    const made = { lease, until: now + reuseMs };
    this.#current = made;
    lease.catch(() => {
      if (this.#current === made) this.#current = undefined;
    });
    return lease;
  }
}
