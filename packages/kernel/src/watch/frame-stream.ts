import type { ViewEvent } from './cache-event.ts';
import type { ResourceCache, Subscription } from './resource-cache.ts';
import type { ObjectSelector } from './selector.ts';

/** How events become bytes on the wire. Equal keys mean equal bytes. */
export interface FrameFormat {
  readonly key: string;
  encode(event: ViewEvent): Buffer;
  /** The same in pieces, where there are some that can be joined with those of other events at once. */
  pieces?(event: ViewEvent): readonly Buffer[];
}

/** One connected watcher. */
export interface FrameWriter {
  write(chunk: Buffer): void;
  /** Bytes handed over but not yet taken by the network. */
  readonly backlog: number;
  /** The stream is over; an error becomes a final ERROR frame. */
  end(error: Error | undefined): void;
}

/** Runs `flush` soon, once; several streams may share a turn. The real one is `setImmediate`. */
export type ScheduleFlush = (flush: () => void) => void;

/**
 * Fan-out of one selection in one format: events of a turn are joined into one buffer, and that same buffer is
 * written once to each watcher. A watcher whose network does not keep up is ended, so nothing buffers without bound.
 */
export class FrameStream {
  readonly #writers = new Set<FrameWriter>();
  #subscription: Subscription | undefined;
  #pending: Buffer[] = [];
  #scheduled = false;

  constructor(
    private readonly cache: ResourceCache,
    private readonly selector: ObjectSelector,
    private readonly format: FrameFormat,
    private readonly options: { readonly schedule: ScheduleFlush; readonly maxBacklogBytes: number; readonly emptied: () => void },
  ) {}

  get writers(): number {
    return this.#writers.size;
  }

  /** Hands over the events after `from`, then the live ones. Errors: `WindowExceededError`. */
  join(writer: FrameWriter, from: number): Subscription {
    this.#flush();
    const missed: Buffer[] = [];
    this.cache
      .subscribe(this.selector, from, {
        event: (event) => missed.push(this.format.encode(event)),
        end: () => undefined,
      })
      .stop();
    this.#subscription ??= this.cache.subscribe(this.selector, undefined, {
      event: (event) => {
        this.#event(event);
      },
      end: (error) => {
        this.#end(error);
      },
    });
    this.#writers.add(writer);
    if (missed.length > 0) writer.write(missed.length === 1 ? missed[0]! : Buffer.concat(missed));
    return {
      stop: () => {
        this.#leave(writer);
      },
    };
  }

  #event(event: ViewEvent): void {
    // In pieces it is copied once, into what is sent, and no frame is kept with the event.
    if (this.format.pieces === undefined) this.#pending.push(this.format.encode(event));
    else this.#pending.push(...this.format.pieces(event));
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.options.schedule(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const chunk = this.#pending.length === 1 ? this.#pending[0]! : Buffer.concat(this.#pending);
    this.#pending = [];
    for (const writer of this.#writers) {
      if (writer.backlog > this.options.maxBacklogBytes) {
        this.#leave(writer);
        writer.end(undefined);
      } else {
        writer.write(chunk);
      }
    }
  }

  #leave(writer: FrameWriter): void {
    if (!this.#writers.delete(writer) || this.#writers.size > 0) return;
    this.#subscription?.stop();
    this.#subscription = undefined;
    this.#pending = [];
    this.options.emptied();
  }

  #end(error: Error | undefined): void {
    this.#flush();
    const writers = [...this.#writers];
    this.#writers.clear();
    this.#subscription = undefined;
    this.options.emptied();
    for (const writer of writers) writer.end(error);
  }
}

/** The streams of one resource by selection and format. */
export class FrameStreams {
  readonly #streams = new Map<string, FrameStream>();

  constructor(
    private readonly cache: ResourceCache,
    private readonly schedule: ScheduleFlush,
    private readonly maxBacklogBytes: number,
  ) {}

  /** The stream that watchers of this selection and format share. */
  stream(selector: ObjectSelector, format: FrameFormat): FrameStream {
    const key = `${format.key} ${selector.key}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      stream = new FrameStream(this.cache, selector, format, {
        schedule: this.schedule,
        maxBacklogBytes: this.maxBacklogBytes,
        emptied: () => this.#streams.delete(key),
      });
      this.#streams.set(key, stream);
    }
    return stream;
  }
}
