import { createReadStream, mkdirSync, statSync } from 'node:fs';
import { appendFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SpanRecord } from '../record.ts';
import { lineOf, spanOf } from './span-line.ts';

/** Spans that become text at once: a millisecond or two. */
const chunk = 512;

/**
 * Spans on disk, in two files of bounded size: when the current one is full it takes the place of the earlier one.
 * Appending is a plain write without a sync: what was written outlives the process, though not a loss of power.
 */
export class SpanFiles {
  readonly #current: string;
  readonly #earlier: string;
  readonly #limit: number;
  #size: number;
  /** What is there already may end in half a line. */
  #mayBeCut = true;

  /** `limit`: bytes of one file. Makes the folder, for its owner alone. */
  constructor(folder: string, limit: number) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#current = join(folder, 'current.jsonl');
    this.#earlier = join(folder, 'earlier.jsonl');
    this.#limit = limit;
    this.#size = statSync(this.#current, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Rejects as the file system does (ENOSPC); some of the spans may be written then. */
  async append(spans: readonly SpanRecord[]): Promise<void> {
    for (let from = 0; from < spans.length; from += chunk) await this.#appendChunk(spans.slice(from, from + chunk));
  }

  async #appendChunk(spans: readonly SpanRecord[]): Promise<void> {
    const text = `${this.#mayBeCut && this.#size > 0 ? '\n' : ''}${spans.map(lineOf).join('')}`;
    const bytes = Buffer.byteLength(text);
    if (this.#size > 0 && this.#size + bytes > this.#limit) await this.rotate();
    this.#mayBeCut = true;
    await appendFile(this.#current, text, { mode: 0o600 });
    this.#size += bytes;
    this.#mayBeCut = false;
  }

  /** Begins a new file; the one before is kept until the next time. */
  async rotate(): Promise<void> {
    if (this.#size === 0) return;
    await rename(this.#current, this.#earlier);
    this.#size = 0;
  }

  /** Every span on disk once, oldest file first; read in turns, so that others are served in between. */
  async *read(): AsyncIterableIterator<SpanRecord> {
    const seen = new Set<string>();
    for (const file of [this.#earlier, this.#current]) {
      if (statSync(file, { throwIfNoEntry: false }) === undefined) continue;
      for await (const line of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
        const span = spanOf(line);
        if (span === undefined || seen.has(span.spanId)) continue;
        seen.add(span.spanId);
        yield span;
      }
    }
  }
}
