import type { Random } from '@keelson/sdk';

/** Limits of a {@link Backoff}, milliseconds. */
export interface BackoffOptions {
  readonly first: number;
  readonly most: number;
  /** Added at random on top, as a part of the wait: 1 gives up to twice the wait. */
  readonly jitter: number;
}

/** Exponential waits with jitter, so that many clients of one failed server do not come back together. */
export class Backoff {
  #failures = 0;
  constructor(
    private readonly random: Random,
    private readonly options: BackoffOptions,
  ) {}

  /** The next wait in milliseconds. */
  next(): number {
    const { first, most, jitter } = this.options;
    const wait = Math.min(most, first * 2 ** Math.min(this.#failures, 40));
    this.#failures += 1;
    return wait * (1 + jitter * this.random.next());
  }

  reset(): void {
    this.#failures = 0;
  }
}
