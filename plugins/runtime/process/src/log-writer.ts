import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Clock } from '@keelson/sdk';

/** Longest piece of a line that is kept together; longer ones are split and marked partial, as CRI runtimes do. */
const maxPiece = 16 * 1024;

export interface LogLimits {
  readonly maxBytes: number;
  /** Files kept, the current one included. */
  readonly maxFiles: number;
}

/**
 * Writes the output of one container in CRI's text format: `time stream P|F line`. Writes are synchronous, so that what
 * a reader is told of is in the file, and order between the streams is the order of arrival.
 */
export class LogWriter {
  readonly path: string;
  readonly #clock: Clock;
  readonly #limits: LogLimits;
  readonly #rest = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  readonly #listeners = new Set<() => void>();
  #fd: number;
  #size = 0;
  #rotations = 0;
  #closed = false;

  constructor(path: string, clock: Clock, limits: LogLimits) {
    this.path = path;
    this.#clock = clock;
    this.#limits = limits;
    mkdirSync(dirname(path), { recursive: true });
    this.#fd = openSync(path, 'a', 0o600);
  }

  /** Times that the file was moved away; a reader that sees it change opens the path anew. */
  get rotations(): number {
    return this.#rotations;
  }

  get closed(): boolean {
    return this.#closed;
  }

  write(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    if (this.#closed) return;
    let rest = this.#rest[stream].length === 0 ? chunk : Buffer.concat([this.#rest[stream], chunk]);
    let lines = '';
    for (;;) {
      const end = rest.indexOf(10);
      if (end >= 0 && end <= maxPiece) {
        lines += this.#line(stream, 'F', rest.subarray(0, end));
        rest = rest.subarray(end + 1);
      } else if (rest.length > maxPiece) {
        lines += this.#line(stream, 'P', rest.subarray(0, maxPiece));
        rest = rest.subarray(maxPiece);
      } else {
        break;
      }
      // A burst is cut where a file is full, not where the pipe's buffer was.
      if (lines.length >= this.#limits.maxBytes) {
        this.#append(lines);
        lines = '';
      }
    }
    this.#rest[stream] = Buffer.from(rest);
    this.#append(lines);
  }

  /** The container has ended: writes what had no end of line. */
  close(): void {
    if (this.#closed) return;
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#rest[stream].length > 0) this.#append(this.#line(stream, 'F', this.#rest[stream]));
    }
    this.#closed = true;
    closeSync(this.#fd);
    this.#tell();
  }

  /** Calls back after each write and at the end; returns the way to stop. */
  onWrite(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #line(stream: 'stdout' | 'stderr', tag: 'P' | 'F', text: Buffer): string {
    return `${new Date(this.#clock.now()).toISOString().replace('Z', '000000Z')} ${stream} ${tag} ${text.toString('utf8')}\n`;
  }

  #append(lines: string): void {
    if (lines === '') return;
    const bytes = Buffer.from(lines);
    if (this.#size > 0 && this.#size + bytes.length > this.#limits.maxBytes) this.#rotate();
    writeSync(this.#fd, bytes);
    this.#size += bytes.length;
    this.#tell();
  }

  #rotate(): void {
    closeSync(this.#fd);
    this.#rotations++;
    renameSync(this.path, `${this.path}.${String(this.#rotations).padStart(8, '0')}`);
    const old = rotatedLogs(this.path);
    for (const path of old.slice(0, Math.max(0, old.length - (this.#limits.maxFiles - 1)))) rmSync(path, { force: true });
    this.#fd = openSync(this.path, 'a', 0o600);
    this.#size = 0;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Files that were rotated away, oldest first. */
export function rotatedLogs(path: string): readonly string[] {
  const name = `${basename(path)}.`;
  return readdirSync(dirname(path))
    .filter((entry) => entry.startsWith(name))
    .sort()
    .map((entry) => join(dirname(path), entry));
}
