import type { KubeObject } from '@keelson/api';
import { KeelsonError, type Cancel, type Clock, type WatchHandle, type WatchHandler } from '@keelson/sdk';
import { errorOf } from './answer.ts';
import { readAll, type ExchangeResponse } from './exchange.ts';
import { JsonLines } from './json-lines.ts';
import { watchFrame } from './watch-frame.ts';

/** What a watch over HTTP needs. */
export interface HttpWatchOptions {
  readonly clock: Clock;
  readonly handler: WatchHandler<KubeObject>;
  /** A stream without a byte for so long is taken for half-open, milliseconds. */
  readonly idle: number;
  open(signal: AbortSignal): Promise<ExchangeResponse>;
}

/** One watch: reads lines until the server ends it, the connection breaks, silence grows too long or it is stopped. */
export class HttpWatch implements WatchHandle {
  readonly #abort = new AbortController();
  readonly #lines = new JsonLines();
  #done = false;
  #idle: Cancel | undefined;
  #heard = 0;

  constructor(private readonly options: HttpWatchOptions) {
    this.#run().catch((error: unknown) => this.#finish(error as Error));
  }

  stop(): void {
    this.#done = true;
    this.#idle?.cancel();
    this.#abort.abort(new KeelsonError('KEEL_WATCH_STOPPED', 'watch was stopped'));
  }

  async #run(): Promise<void> {
    const { clock, open, idle } = this.options;
    this.#heard = clock.monotonic();
    this.#watchIdle(idle);
    const response = await open(this.#abort.signal);
    if (response.status !== 200) throw errorOf(response, await readAll(response.body));
    for await (const chunk of response.body) {
      this.#heard = clock.monotonic();
      for (const line of this.#lines.push(chunk as Buffer)) {
        if (this.#done) return;
        const frame = watchFrame(line);
        if ('error' in frame) return this.#finish(frame.error);
        this.options.handler.event(frame.event);
      }
    }
    this.#finish(undefined);
  }

  #finish(error: Error | undefined): void {
    if (this.#done) return;
    this.stop();
    this.options.handler.end(error);
  }

  #watchIdle(wait: number): void {
    this.#idle = this.options.clock.after(wait, () => {
      const left = this.#heard + this.options.idle - this.options.clock.monotonic();
      if (left > 0) this.#watchIdle(Math.max(1, left));
      else this.#finish(new KeelsonError('KEEL_WATCH_SILENT', `watch got nothing for ${Math.round(this.options.idle / 1000)} s`));
    });
  }
}
