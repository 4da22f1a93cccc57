import { closeSync, fchmodSync, fsync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const sync = promisify(fsync);

/** Where keys and certificates are kept between starts. */
export interface KeyFolder {
  /** Text of a file, or undefined when there is none. */
  read(name: string): Promise<string | undefined>;
  /** Replaces a file whole: a crash leaves the old or the new text. */
  write(name: string, text: string): Promise<void>;
  /** What a message calls the file. */
  pathOf(name: string): string;
}

/** Files of mode 0600 in a directory of mode 0700, synced before they count. */
export function fileKeyFolder(directory: string): KeyFolder {
  return {
    async read(name) {
      try {
        return await readFile(join(directory, name), 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(name, text) {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      await writePrivateFile(join(directory, name), text, { durable: true });
    },
    pathOf: (name) => join(directory, name),
  };
}

/** Nothing is kept after the process. */
export function memoryKeyFolder(): KeyFolder {
  const files = new Map<string, string>();
  return {
    read: (name) => Promise.resolve(files.get(name)),
    write: (name, text) => {
      files.set(name, text);
      return Promise.resolve();
    },
    pathOf: (name) => `${name} (in memory)`,
  };
}

/**
 * Writes beside the target and renames; the result is readable by its owner only. With `durable` it is on disk before it
 * counts, which a busy disk makes long.
 */
export async function writePrivateFile(path: string, text: string, { durable }: { readonly durable: boolean }): Promise<void> {
  const beside = `${path}.new`;
  // Only the disk is waited for: every other wait would be for a turn of an event loop that a start keeps busy.
  const file = openSync(beside, 'w', 0o600);
  try {
    fchmodSync(file, 0o600); // the mode of openSync() does not apply to a left-over file
    writeFileSync(file, text);
    if (durable) await sync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}
