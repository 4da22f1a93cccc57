import { open, readFile, type FileHandle } from 'node:fs/promises';
import type { LogOptions, LogSink } from '@keelson/sdk/runtime';
import { formatRecord, parseLogLine } from './log-line.ts';
import { rotatedLogs, type LogWriter } from './log-writer.ts';

const readSize = 64 * 1024;

/** Gives a container's log to a client: old files, the current one, and with `follow` what comes after, until it ends. */
export async function readLog(writer: LogWriter, options: LogOptions, sink: LogSink): Promise<void> {
  const out = new LimitedSink(sink, options);
  const { before, old, tail } = await openAll(writer);
  try {
    const present = old + (await tail.rest());
    await out.records(lastLines(present.split('\n').filter((line) => line !== ''), options.tailLines));
    if (options.follow === true) await follow(writer, { tail, before, out, signal: options.signal });
  } finally {
    await tail.close();
  }
}

/** What was rotated away, and the current file: of one moment, also when the log is rotated while it is opened. */
async function openAll(writer: LogWriter): Promise<{ readonly before: number; readonly old: string; readonly tail: FileTail }> {
  for (;;) {
    const before = writer.rotations;
    const tail = new FileTail(await open(writer.path, 'r'));
    const old = (await Promise.all(rotatedLogs(writer.path).map((path) => readFile(path, 'utf8').catch(() => '')))).join('');
    if (writer.rotations === before) return { before, old, tail };
    await tail.close();
  }
}

/** Whole lines only count: the last pieces of a partial line belong to the line that they end. */
function lastLines(lines: readonly string[], count: number | undefined): readonly string[] {
  if (count === undefined) return lines;
  let at = lines.length;
  for (let left = count; at > 0 && left > 0; left--) {
    at--;
    while (at > 0 && parseLogLine(lines[at - 1]!)?.partial === true) at--;
  }
  return count === 0 ? [] : lines.slice(at);
}

interface Following {
  readonly tail: FileTail;
  readonly before: number;
  readonly out: LimitedSink;
  readonly signal: AbortSignal | undefined;
}

/** Woken by the writer, never by a timer; a rotation is read to its end in the old file first. */
async function follow(writer: LogWriter, { tail, before, out, signal }: Following): Promise<void> {
  let seen = before;
  while (!out.full) {
    signal?.throwIfAborted();
    const woken = nextWrite(writer, signal);
    const closed = writer.closed;
    const rotations = writer.rotations;
    await out.records((await tail.rest()).split('\n').filter((line) => line !== ''));
    if (rotations !== seen) {
      seen = rotations;
      await tail.reopen(writer.path);
      woken.cancel();
    } else if (closed) {
      woken.cancel();
      return;
    } else {
      await woken.promise;
    }
  }
}

function nextWrite(writer: LogWriter, signal: AbortSignal | undefined): { readonly promise: Promise<void>; cancel(): void } {
  let finish: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const off = writer.onWrite(finish);
  signal?.addEventListener('abort', finish, { once: true });
  const cancel = (): void => {
    off();
    signal?.removeEventListener('abort', finish);
    finish();
  };
  return { promise: promise.then(cancel), cancel };
}

/** Reads a growing file from where it stopped; keeps back a line that is not complete yet. */
class FileTail {
  #file: FileHandle;
  #offset = 0;
  #rest = '';

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async rest(): Promise<string> {
    const buffer = Buffer.alloc(readSize);
    const pieces: Buffer[] = [];
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, readSize, this.#offset);
      if (bytesRead === 0) break;
      pieces.push(Buffer.from(buffer.subarray(0, bytesRead)));
      this.#offset += bytesRead;
    }
    const text = this.#rest + Buffer.concat(pieces).toString('utf8');
    const end = text.lastIndexOf('\n') + 1;
    this.#rest = text.slice(end);
    return text.slice(0, end);
  }

  async reopen(path: string): Promise<void> {
    await this.#file.close();
    this.#file = await open(path, 'r');
    this.#offset = 0;
    this.#rest = '';
  }

  close(): Promise<void> {
    return this.#file.close();
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
