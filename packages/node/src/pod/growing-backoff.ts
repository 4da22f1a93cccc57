/** Bounds in milliseconds. */
export interface BackoffBounds {
  readonly first: number;
  readonly most: number;
}

/** Upstream's crash-loop and image-pull back-off: 10 s doubling to 5 minutes. */
export const containerBackoff: BackoffBounds = { first: 10_000, most: 300_000 };

interface Entry {
  delay: number;
  updated: number;
}

/**
 * Upstream's keyed back-off: the first retry is free, then the pause doubles; it is forgotten after twice the longest
 * pause without a failure. The pause counts from the failure, not from the retry.
 */
export class GrowingBackoff {
  readonly #bounds: BackoffBounds;
  readonly #entries = new Map<string, Entry>();

  constructor(bounds: BackoffBounds) {
    this.#bounds = bounds;
  }

  /** The present pause of a key, milliseconds; 0 without one. */
  delay(key: string): number {
    return this.#entries.get(key)?.delay ?? 0;
  }

  /** Wall time until which the key must wait after a failure at `failedAt`; undefined: not at all. */
  until(key: string, failedAt: number, now: number): number | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || failedAt - entry.updated > 2 * this.#bounds.most) return undefined;
    const end = failedAt + entry.delay;
    return end > now ? end : undefined;
  }

  /** A retry is made now: the next one waits longer. */
  next(key: string, failedAt: number, now: number): void {
    const entry = this.#entries.get(key);
    if (entry === undefined || failedAt - entry.updated > 2 * this.#bounds.most) this.#entries.set(key, { delay: this.#bounds.first, updated: now });
    else this.#entries.set(key, { delay: Math.min(2 * entry.delay, this.#bounds.most), updated: now });
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }
}
