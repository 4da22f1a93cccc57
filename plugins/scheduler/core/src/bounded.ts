/** Runs at most so many asynchronous jobs at once; the rest wait in order. */
export class Bounded {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  readonly #idle: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get full(): boolean {
    return this.#running >= this.#limit;
  }

  /** Resolves when a job may be started. */
  free(): Promise<void> {
    return this.full ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve();
  }

  /** Starts a job; it must not reject. */
  start(job: () => Promise<void>): void {
    this.#running++;
    void job().finally(() => this.#finished());
  }

  /** Resolves when nothing runs. */
  idle(): Promise<void> {
    return this.#running === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  #finished(): void {
    this.#running--;
    this.#waiting.shift()?.();
    if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
