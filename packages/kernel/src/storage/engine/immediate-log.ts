import type { Change, CommitLog, EnginePort, Waiter } from './commit-log.ts';

/** The commit log of a store that lives in memory only: everything is as durable as it will ever be at once. */
export class ImmediateLog implements CommitLog {
  constructor(private readonly port: EnginePort) {}

  admit(): void {}

  append(change: Change, waiter: Waiter): void {
    this.port.publish([change]);
    waiter.done();
  }

  barrier(waiter: Waiter): void {
    waiter.done();
  }

  async health(): Promise<void> {}

  async close(): Promise<void> {}
}
