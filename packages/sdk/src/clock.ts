import { token } from './token.ts';

/** Handle of something scheduled; cancelling twice is harmless. */
export interface Cancel {
  cancel(): void;
}

/**
 * The only source of time. The real one wraps the process clock; the virtual one of `@keelson/testing` moves when
 * a test says so, which is what makes runs reproducible.
 */
export interface Clock {
  /** Wall time, milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds from an arbitrary origin, never going back; for durations. */
  monotonic(): number;
  /** Calls `fn` once after `ms` milliseconds. Does not keep the process alive by itself. */
  after(ms: number, fn: () => void): Cancel;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const Clock = token<Clock>('keelson.clock');
