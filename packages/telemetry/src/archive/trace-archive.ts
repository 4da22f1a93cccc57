import type { Clock } from '@keelson/sdk';
import { queryTraces, type TraceAnswer, type TraceQuery } from '../query.ts';
import type { SpanRecord } from '../record.ts';
import { TraceRing } from '../ring.ts';
import { SpanFiles } from './span-files.ts';

/** What an archive needs. */
export interface TraceArchiveOptions {
  /** Absolute; made when missing. */
  readonly folder: string;
  /** Spans of the running cluster; the archive writes down what enters it. */
  readonly ring: TraceRing;
  readonly clock: Clock;
  /** Told about the first failing write in a row (full disk). */
  readonly onError: (error: Error) => void;
  /** Most bytes of each of the two files; default 4 MiB. */
  readonly fileBytes?: number;
  /** Most spans written down in one flush while the cluster runs; default 2048. */
  readonly flushSpans?: number;
}

/** Milliseconds that a span waits until it is written: as much may be lost when the process is killed. */
const delay = 1000;

/**
 * Keeps the spans of a ring on disk, so that traces outlive the process. Writing never waits for the disk and never
 * takes more than its share: in a burst only so many spans a second are written at once, and a clean stop writes the
 * whole ring. Reading happens when somebody asks, not at boot.
 */
export class TraceArchive {
  readonly #options: TraceArchiveOptions;
  readonly #files: SpanFiles;
  readonly #flushSpans: number;
  readonly #stopListening: () => void;
  #waiting: SpanRecord[] = [];
  #skipped = false;
  #timer: { cancel(): void } | undefined;
  #writing: Promise<void> = Promise.resolve();
  #failing = false;

  constructor(options: TraceArchiveOptions) {
    this.#options = options;
    this.#flushSpans = options.flushSpans ?? 2048;
    this.#files = new SpanFiles(options.folder, options.fileBytes ?? 4 * 1024 * 1024);
    this.#stopListening = options.ring.onSpan((span) => this.#take(span));
  }

  /** Answers from the ring and from what earlier runs left. */
  async query(query: TraceQuery): Promise<TraceAnswer> {
    const { ring } = this.#options;
    const live = new Set<string>();
    for (const span of ring.all()) live.add(span.spanId);
    const whole = new TraceRing({ spans: 65_536, bytes: 64 * 1024 * 1024 });
    try {
      for await (const span of this.#files.read()) if (!live.has(span.spanId)) whole.add(span);
    } catch (error) {
      this.#failed(error);
    }
    if (whole.size === 0) return queryTraces(ring, query);
    for (const span of ring.all()) whole.add(span);
    return { ...queryTraces(whole, query), evicted: ring.dropped };
  }

  /** Resolves when everything that waits is on disk, or could not be written. */
  flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    const spans = this.#waiting;
    this.#waiting = [];
    return (this.#writing = this.#writing.then(() => this.#write(spans)));
  }

  /** Writes down what is missing and listens no more. */
  async close(): Promise<void> {
    this.#stopListening();
    await this.flush();
    if (!this.#skipped) return;
    this.#skipped = false;
    await this.#write([...this.#options.ring.all()], () => this.#files.rotate());
  }

  #take(span: SpanRecord): void {
    if (this.#waiting.length >= this.#flushSpans) {
      this.#skipped = true;
      return;
    }
    this.#waiting.push(span);
    this.#timer ??= this.#options.clock.after(delay, () => void this.flush());
  }

  async #write(spans: readonly SpanRecord[], before: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    try {
      await before();
      await this.#files.append(spans);
      this.#failing = false;
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (!this.#failing) this.#options.onError(error instanceof Error ? error : new Error(String(error)));
    this.#failing = true;
  }
}
