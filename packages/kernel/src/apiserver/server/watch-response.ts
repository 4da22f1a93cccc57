import type { Cancel } from '@keelson/sdk';
import type { ApiContext } from '../context.ts';
import { planWatch, watchError, type WatchPlan } from '../handlers/index.ts';
import type { ApiRequest } from '../request.ts';
import type { Subscription } from '../../watch/index.ts';
import type { HttpExchange, ResponseStream } from './http-exchange.ts';
import { asStatusError } from './respond.ts';
import { loadColumns } from './row-source.ts';
import { watchFormat, type WatchFormat } from './watch-format.ts';

/** Upstream's `--min-request-timeout`: a watch without its own limit ends after this long, up to twice. */
const minTimeoutMs = 1_800_000;
const bookmarkEveryMs = 60_000;
/** Initial objects that are written in one piece, by bytes and by number. */
const pieceBytes = 256 * 1024;
const pieceObjects = 256;
/** What may wait for the network before more initial objects are written. */
const aheadBytes = 512 * 1024;

/** Runs the watches of HTTP clients. */
export class WatchResponses {
  readonly #running = new Set<WatchResponse>();

  constructor(private readonly context: ApiContext) {}

  /** Answers with the stream; resolves when it has begun. Errors: 400, 406, 410 before the stream begins. */
  async serve(exchange: HttpExchange, request: ApiRequest): Promise<void> {
    await loadColumns();
    const format = watchFormat(this.context, request, exchange.header('accept') ?? '', exchange.header('x-keelson-causes') === '1');
    await request.resource.storage?.cache.ready();
    const plan = await planWatch(this.context, request);
    const stream = exchange.open(200, { 'content-type': format.contentType, 'cache-control': 'no-cache, private' });
    const watch = new WatchResponse(this.context, plan, format, stream);
    this.#running.add(watch);
    await watch.start(() => this.#running.delete(watch));
  }

  /** Ends all streams regularly: clients come back and resume. */
  endAll(): void {
    for (const watch of this.#running) watch.end(undefined);
  }
}

class WatchResponse {
  #subscription: Subscription | undefined;
  #timers: Cancel[] = [];
  #ended = false;
  #onEnd: () => void = () => undefined;

  constructor(
    private readonly context: ApiContext,
    private readonly plan: WatchPlan,
    private readonly format: WatchFormat,
    private readonly stream: ResponseStream,
  ) {}

  async start(onEnd: () => void): Promise<void> {
    const { plan, format, stream, context } = this;
    this.#onEnd = onEnd;
    stream.onClose(() => {
      this.end(undefined);
    });
    await this.#sendInitial();
    if (this.#ended) return;
    if (plan.markInitialEnd) stream.write(format.bookmark(plan.from, true));
    try {
      this.#subscription = plan.storage.streams.stream(plan.selector, format).join(
        {
          write: (chunk) => {
            stream.write(chunk);
          },
          get backlog() {
            return stream.backlog;
          },
          end: (error) => {
            this.end(error);
          },
        },
        plan.from,
      );
    } catch (error) {
      this.end(error as Error);
      return;
    }
    const timeout = plan.timeoutSeconds === undefined || plan.timeoutSeconds === 0 ? minTimeoutMs * (1 + context.random.next()) : plan.timeoutSeconds * 1000;
    this.#timers.push(context.clock.after(timeout, () => { this.end(undefined); }));
    if (plan.bookmarks) this.#scheduleBookmark();
  }

  /** As fast as the network takes them, and in turns; what happens meanwhile is in the window when the stream is joined. */
  async #sendInitial(): Promise<void> {
    const { plan, format, stream, context } = this;
    let frames: Buffer[] = [];
    let size = 0;
    const flush = (): void => {
      if (frames.length > 0) stream.write(Buffer.concat(frames, size));
      frames = [];
      size = 0;
    };
    for (const object of plan.initial) {
      const frame = format.initial(object);
      frames.push(frame);
      size += frame.length;
      if (size < pieceBytes && frames.length < pieceObjects) continue;
      flush();
      if (stream.backlog > aheadBytes) await new Promise<void>((resolve) => { stream.onDrain(resolve); });
      else await context.nextTurn();
      if (this.#ended) return;
    }
    flush();
  }

  /** An error becomes a last ERROR event, as upstream reports a watch that cannot go on. */
  end(error: Error | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#subscription?.stop();
    for (const timer of this.#timers) timer.cancel();
    this.#timers = [];
    if (error !== undefined) {
      const status = asStatusError(watchError(error), this.context.log).toStatus();
      this.stream.write(this.format.error(status));
    }
    this.stream.end();
    this.#onEnd();
  }

  #scheduleBookmark(): void {
    const timer = this.context.clock.after(bookmarkEveryMs, () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
      this.stream.write(this.format.bookmark(this.plan.storage.cache.revision, false));
      this.#scheduleBookmark();
    });
    this.#timers.push(timer);
  }
}
