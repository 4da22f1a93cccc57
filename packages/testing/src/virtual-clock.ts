import type { Cancel, Clock } from '@keelson/sdk';
import { milliseconds } from './duration.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly fn: () => void;
  /** Where it was set, if the clock keeps origins. */
  readonly origin: Error | undefined;
}

export interface VirtualClockOptions {
  /** Keep the stack of each timer's making, for messages about leaks; costs some microseconds a timer. */
  readonly origins?: boolean;
}

/** 2026-01-01T00:00:00Z, so that timestamps in tests read naturally. */
const epoch = Date.UTC(2026, 0, 1);

/**
 * Time that moves only when a test says so. Timers fire in order of their time, then of their making; between two of
 * them everything that is under way settles, so a run depends on nothing but its inputs.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #timers: Timer[] = [];

  constructor(
    start: number = epoch,
    readonly options: VirtualClockOptions = {},
  ) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - epoch;
  }

  after(ms: number, fn: () => void): Cancel {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, fn, origin: this.options.origins === true ? new Error('timer') : undefined };
    this.#insert(timer);
    return {
      cancel: () => {
        const at = this.#timers.indexOf(timer);
        if (at >= 0) this.#timers.splice(at, 1);
      },
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const abort = (): void => {
        timer.cancel();
        reject(signal!.reason as Error);
      };
      const timer = this.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** Timers that wait; a test that ends with more than it began with has leaked some. */
  get pending(): number {
    return this.#timers.length;
  }

  /** When each waiting timer is due (milliseconds from now) and, if origins are kept, the stack that set it. */
  get timers(): readonly { readonly in: number; readonly origin: string | undefined }[] {
    return this.#timers.map(({ at, origin }) => ({ in: at - this.#now, origin: origin?.stack?.split('\n').slice(2).join('\n') }));
  }

  /**
   * Lets time pass, timer by timer, until the promise settles, and gives its outcome. Errors: its own, or an `Error`
   * when it has not settled within that virtual time, or when nothing is left that could settle it.
   */
  async until<T>(promise: Promise<T>, within: string | number = '1h'): Promise<T> {
    let pending = true;
    const end = (): void => {
      pending = false;
    };
    promise.then(end, end);
    const deadline = this.#now + milliseconds(within);
    await settled();
    while (pending) {
      const next = this.#timers[0];
      if (next === undefined) throw new Error('what is waited for depends on something that is not in virtual time');
      if (next.at > deadline) throw new Error(`what is waited for did not happen within ${within} of virtual time`);
      await this.advance(next.at - this.#now);
    }
    return promise;
  }

  /** Lets time pass, `'5m'` or milliseconds, and everything that becomes due happen and settle. */
  async advance(duration: string | number): Promise<void> {
    const until = this.#now + milliseconds(duration);
    await settled();
    for (let next = this.#timers[0]; next !== undefined && next.at <= until; next = this.#timers[0]) {
      this.#timers.shift();
      this.#now = Math.max(this.#now, next.at);
      next.fn();
      // Timers of one instant fire together: what they start settles together.
      if (this.#timers[0]?.at !== next.at) await settled();
    }
    this.#now = until;
    await settled();
  }

  /** Moves to the next timer, whenever that is; false when there is none. */
  async step(): Promise<boolean> {
    const next = this.#timers[0];
    if (next === undefined) return false;
    await this.advance(next.at - this.#now);
    return true;
  }

  /** Binary search: clusters keep thousands of timers. */
  #insert(timer: Timer): void {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#timers[middle]!;
      if (other.at < timer.at || (other.at === timer.at && other.order < timer.order)) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
  }
}

/** Resolves when no promise callback is left to run. In-process clusters wait for nothing else. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
