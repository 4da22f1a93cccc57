import type { Clock } from '@keelson/sdk';
import { BoundedMap } from './bounded-map.ts';

/** A token bucket per source and object: 25 events at once, then one in five minutes, as upstream limits them. */
export class SpamFilter {
  readonly #buckets = new BoundedMap<string, { tokens: number; at: number }>(4096);

  constructor(
    private readonly clock: Clock,
    private readonly burst = 25,
    private readonly perSecond = 1 / 300,
  ) {}

  /** Takes a token; false when the bucket is empty. */
  allow(key: string): boolean {
    const now = this.clock.monotonic();
    const bucket = this.#buckets.get(key) ?? { tokens: this.burst, at: now };
    bucket.tokens = Math.min(this.burst, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
