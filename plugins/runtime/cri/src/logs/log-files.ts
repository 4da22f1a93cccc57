import { open, readdir, rm, rmdir, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

const pieceBytes = 64 * 1024;

/** Files that were rotated away from `path`, oldest first: the same name with a time behind it, perhaps packed. */
export async function rotatedLogs(path: string): Promise<readonly string[]> {
  const name = `${basename(path)}.`;
  const found = await readdir(dirname(path)).catch(() => []);
  return found.filter((file) => file.startsWith(name) && /^\d[\d.-]*(\.gz)?$/.test(file.slice(name.length))).sort().map((file) => join(dirname(path), file));
}

/** Removes a container's log with all that was rotated. */
export async function removeLogs(path: string): Promise<void> {
  await Promise.all([path, ...(await rotatedLogs(path))].map((file) => rm(file, { force: true })));
  await removeEmptyFolders(dirname(path));
}

/** Removes a folder with those below it, unless files are in them: other containers' logs. */
export async function removeEmptyFolders(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeEmptyFolders(join(folder, entry.name));
  await rmdir(folder).catch(() => undefined);
}

/** A growing log file, read from where it stopped; a line that is not complete yet is kept back. */
export class LogFile {
  readonly #file: FileHandle;
  readonly #packed: boolean;
  #offset = 0;
  #rest = '';

  private constructor(file: FileHandle, packed: boolean) {
    this.#file = file;
    this.#packed = packed;
  }

  /** Undefined when there is no such file. */
  static async open(path: string): Promise<LogFile | undefined> {
    try {
      return new LogFile(await open(path, 'r'), path.endsWith('.gz'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Number of the file on its disk: another one stands under the name after a rotation. */
  async identity(): Promise<number> {
    return (await this.#file.stat()).ino;
  }

  /** Goes to where the last `count` lines begin; answers how many of them the file does not have. A line in pieces is one. */
  async toTail(count: number): Promise<number> {
    if (this.#packed) return count;
    const { size } = await this.#file.stat();
    for (let length = pieceBytes; ; length *= 2) {
      const start = Math.max(0, size - length);
      const text = (await this.#piece(start, size - start)).toString('latin1');
      // What stands before the first end of line is a cut one, unless the file begins there.
      const from = start === 0 ? 0 : text.indexOf('\n') + 1;
      const { at, missing } = tailOf(text, from, count);
      if (missing > 0 && start > 0) continue;
      this.#offset = start + at;
      return missing;
    }
  }

  /** Next complete lines, at most about 64 KiB; empty at the end of what is written so far. */
  async next(): Promise<readonly string[]> {
    if (this.#packed) return this.#unpack();
    for (;;) {
      const piece = await this.#piece(this.#offset, pieceBytes);
      if (piece.length === 0) return [];
      // A character may be cut: up to the last end of line only whole ones are there.
      const end = piece.lastIndexOf(0x0a) + 1;
      if (end > 0) {
        const text = this.#rest + piece.toString('utf8', 0, end);
        this.#rest = '';
        this.#offset += end;
        return text.split('\n').filter((line) => line !== '');
      }
      if (piece.length < pieceBytes) return [];
      this.#rest += piece.toString('utf8');
      this.#offset += piece.length;
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #piece(start: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await this.#file.read(buffer, 0, length, start);
    return buffer.subarray(0, bytesRead);
  }

  async #unpack(): Promise<readonly string[]> {
    if (this.#offset > 0) return [];
    this.#offset = 1;
    return gunzipSync(await this.#file.readFile()).toString('utf8').split('\n').filter((line) => line !== '');
  }
}

/** Where the last `count` lines of a text begin, which has whole lines from `from` on. */
function tailOf(text: string, from: number, count: number): { readonly at: number; readonly missing: number } {
  let at = text.lastIndexOf('\n') + 1;
  let missing = count;
  while (missing > 0 && at > from) {
    at = lineBefore(text, at);
    while (at > from && isPartial(text, lineBefore(text, at))) at = lineBefore(text, at);
    missing--;
  }
  return { at, missing };
}

function lineBefore(text: string, at: number): number {
  return at < 2 ? 0 : text.lastIndexOf('\n', at - 2) + 1;
}

function isPartial(text: string, start: number): boolean {
  return / std(out|err) P/.test(text.slice(start, start + 64));
}
