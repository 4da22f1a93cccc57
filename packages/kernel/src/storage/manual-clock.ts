import type { Cancel, Clock } from '@keelson/sdk';

/** A clock for the storage tests that stands still until it is moved. Tests only. */
export class ManualClock implements Clock {
  #time = 1_000_000;
  readonly #timers = new Set<{ readonly at: number; readonly fn: () => void }>();

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  after(ms: number, fn: () => void): Cancel {
    const timer = { at: this.#time + ms, fn };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Moves time on and calls what became due, in order. */
  advance(ms: number): void {
    this.#time += ms;
    const due = [...this.#timers].filter(({ at }) => at <= this.#time).sort((a, b) => a.at - b.at);
    for (const timer of due) {
      if (this.#timers.delete(timer)) timer.fn();
    }
  }

  /** Timers that nobody cancelled. */
  get pending(): number {
    return this.#timers.size;
  }
}
