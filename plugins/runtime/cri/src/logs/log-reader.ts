import { watch } from 'node:fs';
import { dirname } from 'node:path';
import type { LogOptions, LogSink } from '@keelson/sdk/runtime';
import { LogFile, rotatedLogs } from './log-files.ts';
import { formatRecord, parseLogLine } from './log-line.ts';

/** A container's log, and how to know that nothing more will be written. */
export interface LogSource {
  /** Absolute path of the current file. */
  readonly path: string;
  /** The container has ended, and its log is whole. */
  ended(): boolean;
  /** Calls back once when it ends; returns the way to stop. */
  onEnd(listener: () => void): () => void;
}

/** Gives a container's log to a client: rotated files, the current one, and with `follow` what comes after, until it ends. */
export async function readLog(source: LogSource, options: LogOptions, sink: LogSink): Promise<void> {
  const { signal } = options;
  signal?.throwIfAborted();
  const out = new LimitedSink(sink, options);
  // Before the first look, so that nothing written after it goes unseen.
  const changes = options.follow === true ? new Changes(source, signal) : undefined;
  let current: LogFile | undefined;
  try {
    const { rotated, first } = await placeOf(source.path, options.tailLines);
    current = first;
    for (const file of rotated) await drain(file, out).finally(() => file.close());
    for (;;) {
      const ended = source.ended();
      if (current !== undefined) await drain(current, out);
      signal?.throwIfAborted();
      if (out.full || changes === undefined) return;
      const next = await successor(source.path, current);
      if (next !== undefined) {
        // The old file has been read before its successor was seen, but it may have got its last lines in between.
        if (current !== undefined) await drain(current, out).finally(() => current!.close());
        current = next;
      } else if (ended) {
        return;
      } else {
        await changes.next();
      }
    }
  } finally {
    changes?.close();
    await current?.close();
  }
}

/** The files to read, each at its first line that is wanted. */
async function placeOf(path: string, tailLines: number | undefined): Promise<{ readonly rotated: readonly LogFile[]; readonly first: LogFile | undefined }> {
  const first = await LogFile.open(path);
  let missing = tailLines === undefined ? Infinity : ((await first?.toTail(tailLines)) ?? tailLines);
  const rotated: LogFile[] = [];
  for (const old of [...(await rotatedLogs(path))].reverse()) {
    if (missing <= 0) break;
    // Packed files have no cheap tail: with a tail they are too old to matter.
    if (tailLines !== undefined && old.endsWith('.gz')) break;
    const file = await LogFile.open(old);
    if (file === undefined) continue;
    // Rotated between the two looks: it is the current file under its new name.
    if (first !== undefined && (await file.identity()) === (await first.identity())) {
      await file.close();
      continue;
    }
    if (tailLines !== undefined) missing = await file.toTail(missing);
    rotated.unshift(file);
  }
  return { rotated, first };
}

async function drain(file: LogFile, out: LimitedSink): Promise<void> {
  while (!out.full) {
    const lines = await file.next();
    if (lines.length === 0) return;
    await out.records(lines);
  }
}

/** The file that stands under the name now, if it is another one. */
async function successor(path: string, current: LogFile | undefined): Promise<LogFile | undefined> {
  const present = await LogFile.open(path);
  if (present === undefined || current === undefined || (await present.identity()) !== (await current.identity())) return present;
  await present.close();
  return undefined;
}

/** Wakes a reader when the log's folder changes, the container ends or the client leaves; inotify, no timer. */
class Changes {
  readonly #stop: (() => void)[] = [];
  #pending = false;
  #wake: () => void = () => undefined;

  constructor(source: LogSource, signal: AbortSignal | undefined) {
    const changed = (): void => {
      this.#pending = true;
      this.#wake();
    };
    const watcher = watch(dirname(source.path), { persistent: false }, changed);
    // The folder went away with its container.
    watcher.on('error', changed);
    this.#stop.push(() => watcher.close(), source.onEnd(changed));
    signal?.addEventListener('abort', changed, { once: true });
    this.#stop.push(() => signal?.removeEventListener('abort', changed));
  }

  /** Resolves when something changed since the last time. */
  async next(): Promise<void> {
    if (!this.#pending) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#pending = false;
  }

  close(): void {
    for (const stop of this.#stop) stop();
  }
}

/** Formats, filters and counts against `limitBytes`. */
class LimitedSink {
  #left: number;

  constructor(
    private readonly sink: LogSink,
    private readonly options: LogOptions,
  ) {
    this.#left = options.limitBytes ?? Infinity;
  }

  get full(): boolean {
    return this.#left <= 0;
  }

  async records(lines: readonly string[]): Promise<void> {
    let text = '';
    for (const line of lines) {
      const record = parseLogLine(line);
      if (record !== undefined) text += formatRecord(record, this.options);
    }
    if (text === '' || this.full) return;
    const bytes = Buffer.from(text);
    const part = bytes.length <= this.#left ? text : bytes.subarray(0, this.#left).toString('utf8');
    this.#left -= bytes.length;
    await this.sink(part);
  }
}
