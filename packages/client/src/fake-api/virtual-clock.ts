import type { Cancel, Clock } from '@keelson/sdk';

interface Timer {
  readonly due: number;
  readonly seq: number;
  readonly fn: () => void;
}

/** Time that moves when a test says so; timers fire in order of time, then of creation. */
export class VirtualClock implements Clock {
  #now = 0;
  #seq = 0;
  readonly #timers = new Set<Timer>();

  constructor(private readonly epoch = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.epoch + this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  /** Timers that wait. */
  get timers(): number {
    return this.#timers.size;
  }

  after(ms: number, fn: () => void): Cancel {
    const timer: Timer = { due: this.#now + Math.max(0, ms), seq: this.#seq++, fn };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const timer = this.after(ms, resolve);
      signal?.addEventListener('abort', () => {
        timer.cancel();
        reject(signal.reason as Error);
      }, { once: true });
    });
  }

  /** Moves on by `ms`, firing what falls due, and lets all promises settle after each timer. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.due);
      next.fn();
      await settle();
    }
    this.#now = end;
  }

  #next(end: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due > end) continue;
      if (first === undefined || timer.due < first.due || (timer.due === first.due && timer.seq < first.seq)) first = timer;
    }
    return first;
  }
}

/** Lets everything that only waits for promises run; a macrotask comes after all microtasks. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
