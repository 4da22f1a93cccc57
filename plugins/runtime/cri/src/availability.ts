import type { Cancel, Clock } from '@keelson/sdk';

/** A restart of the daemon is over by then, and no reason to move pods. */
const patienceMs = 10_000;

/** Whether the container runtime's daemon is there; a short absence is not told. */
export class Availability {
  #fault: string | undefined;
  #timer: Cancel | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  /** Upstream's words for the node's condition; undefined: it is there. */
  get fault(): string | undefined {
    return this.#fault;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  found(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#set(undefined);
  }

  lost(): void {
    this.#timer ??= this.clock.after(patienceMs, () => this.#set('container runtime is down'));
  }

  close(): void {
    this.#timer?.cancel();
    this.#listeners.clear();
  }

  #set(fault: string | undefined): void {
    if (this.#fault === fault) return;
    this.#fault = fault;
    for (const listener of this.#listeners) listener();
  }
}
