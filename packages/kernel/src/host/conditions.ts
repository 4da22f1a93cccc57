/** Waits for conditions over state that somebody else changes and announces; no polling, no timers. */
export class Conditions {
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  /** Resolves when `holds` is true; it is asked now and after each `changed`. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ holds, resolve }));
  }

  changed(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const waiter of waiting) {
      if (waiter.holds()) waiter.resolve();
      else this.#waiting.push(waiter);
    }
  }
}
