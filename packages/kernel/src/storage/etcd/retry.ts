import type { Clock, Random } from '@keelson/sdk';
import { StoreClosedError } from '../contract.ts';
import { classify, translate, type Failure } from './failure.ts';

const firstDelayMs = 30;
const maxDelayMs = 500;

const answers: ReadonlySet<Failure> = new Set(['compacted', 'future', 'no-lease', 'lease-exists']);

export interface RetrySettings {
  readonly clock: Clock;
  readonly random: Pick<Random, 'next'>;
  /** Longest time for all attempts together, milliseconds. */
  readonly totalMs: number;
  readonly closed: AbortSignal;
}

/**
 * Calls until it works, an error says that trying again is useless, or the time is up. `mayRepeat` decides about
 * failures that leave open whether the request was carried out.
 */
export async function retry<T>(settings: RetrySettings, what: string, mayRepeat: (failure: Failure) => boolean, call: () => Promise<T>): Promise<T> {
  const { clock, random, totalMs, closed } = settings;
  const giveUpAt = clock.monotonic() + totalMs;
  for (let delay = firstDelayMs; ; delay = Math.min(maxDelayMs, delay * 2)) {
    if (closed.aborted) throw new StoreClosedError();
    try {
      return await call();
    } catch (error) {
      if (closed.aborted) throw new StoreClosedError();
      const failure = classify(error);
      // Answers rather than faults: the caller knows what they mean.
      if (answers.has(failure)) throw error;
      const again = failure === 'refused' || (failure === 'unknown' && mayRepeat(failure));
      if (!again || clock.monotonic() + delay > giveUpAt) throw translate(error, what);
    }
    // Many callers fail at the same moment; they need not come back at the same one.
    await clock.sleep(delay * (0.5 + random.next() / 2), closed).catch(() => undefined);
  }
}

/** For requests that may be carried out twice without harm. */
export const always = (): boolean => true;
