import { Lease } from '@keelson/api/coordination/v1';
import { isStatus, type ApiClient, type Cancel, type Clock, type Logger, type Random } from '@keelson/sdk';
import { formatMicroTime } from '@keelson/api/time';
import { newObject } from '../new-object.ts';

/** What an election needs; times in milliseconds. */
export interface LeaderElectionOptions {
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly name: string;
  /** Default `kube-system`. */
  readonly namespace?: string;
  /** Unique among the candidates. */
  readonly identity: string;
  /** How long a silent leader is respected; default 15 s. */
  readonly leaseDuration?: number;
  /** How long a leader tries to renew before it gives up; default 10 s. */
  readonly renewDeadline?: number;
  /** Pause between tries; default 2 s. */
  readonly retryPeriod?: number;
  /** Called on each gain of leadership; the signal aborts on its loss. */
  onStarted(signal: AbortSignal): void;
  onStopped(): void;
}

/**
 * Leader election by Lease, by upstream's rules: a candidate takes over when the record that it sees has not changed for
 * a lease duration by its own clock, so clocks of different machines are never compared.
 */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #leaseDuration: number;
  readonly #renewDeadline: number;
  readonly #retryPeriod: number;
  #observed: { readonly record: string; readonly at: number } | undefined;
  #timer: Cancel | undefined;
  #leading: AbortController | undefined;
  #renewed = 0;
  #stopped = false;
  #trying: Promise<void> = Promise.resolve();

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    this.#leaseDuration = options.leaseDuration ?? 15_000;
    this.#renewDeadline = options.renewDeadline ?? 10_000;
    this.#retryPeriod = options.retryPeriod ?? 2_000;
  }

  get isLeader(): boolean {
    return this.#leading !== undefined;
  }

  start(): void {
    this.#trying = this.#round();
  }

  /** Stops campaigning and hands a held lease back, so that the next candidate need not wait it out. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#timer?.cancel();
    await this.#trying;
    const led = this.isLeader;
    this.#lose();
    if (led) await this.#release();
  }

  async #round(): Promise<void> {
    const { clock, log, name } = this.#options;
    const started = clock.monotonic();
    let held = false;
    try {
      held = await this.#acquireOrRenew();
    } catch (error) {
      log.debug('lease could not be written', { lease: name, error: (error as Error).message });
    }
    if (this.#stopped) return;
    if (held) {
      this.#renewed = started;
      this.#gain();
    } else if (this.isLeader && clock.monotonic() - this.#renewed >= this.#renewDeadline) {
      log.warn('leadership lost, the lease could not be renewed in time', { lease: name });
      this.#lose();
    }
    const pause = this.isLeader ? this.#retryPeriod : this.#retryPeriod * (1 + 1.2 * this.#options.random.next());
    this.#timer = clock.after(pause, () => {
      this.#trying = this.#round();
    });
  }

  async #acquireOrRenew(): Promise<boolean> {
    const { api, clock, name, identity } = this.#options;
    const namespace = this.#options.namespace ?? 'kube-system';
    const now = formatMicroTime(clock.now());
    const lease = await api.get(Lease, { namespace, name });
    const spec = { holderIdentity: identity, leaseDurationSeconds: this.#leaseDuration / 1000, acquireTime: now, renewTime: now };
    if (lease === undefined) {
      return this.#won(() => api.create(newObject(Lease, { metadata: { namespace, name }, spec: { ...spec, leaseTransitions: 0 } })));
    }
    const record = JSON.stringify(lease.spec ?? {});
    if (this.#observed?.record !== record) this.#observed = { record, at: clock.monotonic() };
    const holder = lease.spec?.holderIdentity ?? '';
    const mine = holder === identity;
    if (!mine && holder !== '' && clock.monotonic() < this.#observed.at + this.#leaseDuration) {
      // Somebody else holds it: an own term, if any, is over at once.
      this.#lose();
      return false;
    }
    const term = mine
      ? { acquireTime: lease.spec?.acquireTime ?? now, leaseTransitions: lease.spec?.leaseTransitions ?? 0 }
      : { leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + 1 };
    return this.#won(() => api.update({ ...lease, spec: { ...lease.spec, ...spec, ...term } }));
  }

  async #won(write: () => Promise<Lease>): Promise<boolean> {
    try {
      const lease = await write();
      this.#observed = { record: JSON.stringify(lease.spec ?? {}), at: this.#options.clock.monotonic() };
      return true;
    } catch (error) {
      if (isStatus(error, 'Conflict') || isStatus(error, 'AlreadyExists')) return false;
      throw error;
    }
  }

  async #release(): Promise<void> {
    const { api, clock, name, identity, log } = this.#options;
    const namespace = this.#options.namespace ?? 'kube-system';
    try {
      const lease = await api.get(Lease, { namespace, name });
      if (lease?.spec?.holderIdentity !== identity) return;
      const now = formatMicroTime(clock.now());
      await api.update({ ...lease, spec: { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, acquireTime: now, renewTime: now } });
    } catch (error) {
      log.debug('lease could not be released, it will expire', { lease: name, error: (error as Error).message });
    }
  }

  #gain(): void {
    if (this.#leading !== undefined) return;
    this.#leading = new AbortController();
    this.#options.log.info('became leader', { lease: this.#options.name, identity: this.#options.identity });
    this.#options.onStarted(this.#leading.signal);
  }

  #lose(): void {
    const leading = this.#leading;
    if (leading === undefined) return;
    this.#leading = undefined;
    leading.abort();
    this.#options.onStopped();
  }
}
