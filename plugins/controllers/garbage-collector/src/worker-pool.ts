import { runDetached, type Cause } from '@keelson/telemetry';
import { WorkQueue, type WorkItem } from '@keelson/reconcile';
import type { Clock, Logger } from '@keelson/sdk';

/** What a pool does and with what. */
export interface WorkerPoolOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly concurrency: number;
  /** Resolves to whether the key is done; a rejection, too, brings it back after its back-off. */
  work(item: WorkItem): Promise<'done' | 'again'>;
}

/** Workers over one keyed queue; keys wait until the pool is started. */
export class WorkerPool {
  readonly #queue: WorkQueue;
  #active = 0;
  #running = false;
  #pumping = false;
  #idle: (() => void)[] = [];

  constructor(private readonly options: WorkerPoolOptions) {
    this.#queue = new WorkQueue({ clock: options.clock, onReady: () => this.#pump() });
  }

  /** Keys that are ready, wait for their time or are worked on. */
  get pending(): number {
    return this.#queue.pending;
  }

  add(key: string, cause?: Cause): void {
    this.#queue.add(key, cause);
  }

  start(): void {
    this.#running = true;
    this.#pump();
  }

  /** Takes no more keys; resolves when what is in flight has ended. */
  async drain(): Promise<void> {
    this.#running = false;
    if (this.#active > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  stop(): void {
    this.#running = false;
    this.#queue.stop();
  }

  /** Work starts in a turn of its own, never inside the event that asks for it. */
  #pump(): void {
    if (this.#pumping || !this.#running) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#fill();
    });
  }

  #fill(): void {
    while (this.#running && this.#active < this.options.concurrency) {
      const item = this.#queue.take();
      if (item === undefined) return;
      this.#active += 1;
      void runDetached(() => this.#run(item)).then(() => {
        this.#active -= 1;
        this.#queue.done(item.key);
        if (this.#active === 0) for (const resolve of this.#idle.splice(0)) resolve();
        this.#fill();
      });
    }
  }

  async #run(item: WorkItem): Promise<void> {
    try {
      if ((await this.options.work(item)) === 'done') this.#queue.forget(item.key);
      else this.#queue.retry(item.key, item.causes);
    } catch (error) {
      const inMs = this.#queue.retry(item.key, item.causes);
      this.options.log.debug(`${this.options.name} failed, trying again`, { uid: item.key, attempt: item.attempt, inMs: Math.round(inMs), error: (error as Error).message });
    }
  }
}
