import type { Clock } from '@keelson/sdk';

/** Limits of retries; upstream's defaults. */
export interface RetryLimits {
  /** First wait of a key, milliseconds; default 5. */
  readonly first?: number;
  /** Longest wait of a key, milliseconds; default 1,000 s. */
  readonly most?: number;
  /** Retries of all keys together, per second; default 10. */
  readonly perSecond?: number;
  /** Retries that may come at once before `perSecond` counts; default 100. */
  readonly burst?: number;
}

/** How long a failed key waits: the longer of its own exponential back-off and the bucket that all keys share. */
export class RetryLimiter {
  readonly #failures = new Map<string, number>();
  readonly #first: number;
  readonly #most: number;
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(
    private readonly clock: Clock,
    limits: RetryLimits = {},
  ) {
    this.#first = limits.first ?? 5;
    this.#most = limits.most ?? 1_000_000;
    this.#perMs = (limits.perSecond ?? 10) / 1000;
    this.#burst = limits.burst ?? 100;
    this.#tokens = this.#burst;
    this.#at = clock.monotonic();
  }

  /** Counts a failure of the key and gives the milliseconds until its next try. */
  wait(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    return Math.max(Math.min(this.#most, this.#first * 2 ** Math.min(failures, 60)), this.#reserve());
  }

  /** Failures since the last success. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  #reserve(): number {
    const now = this.clock.monotonic();
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#perMs) - 1;
    this.#at = now;
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#perMs;
  }
}
