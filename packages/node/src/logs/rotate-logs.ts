import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** How large a container's log grows, and how many files of it are kept, the present one included. */
export interface RotationLimits {
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/**
 * Moves a log away once it is too large, asks the runtime to open a new one, packs the older ones and removes the
 * oldest. `stamp` names the moved file and sorts by time. True if it was moved.
 */
export async function rotateLog(path: string, { maxBytes, maxFiles }: RotationLimits, stamp: string, reopen: () => Promise<void>): Promise<boolean> {
  const size = (await stat(path).catch(() => undefined))?.size ?? 0;
  if (size <= maxBytes) return false;
  const rotated = (await rotatedFiles(path)).filter((file) => !file.endsWith('.tmp'));
  for (const old of rotated.slice(0, Math.max(0, rotated.length - (maxFiles - 2)))) await rm(old, { force: true });
  // The newest moved one stays readable as it is: whoever follows the log may be at its end still.
  for (const file of rotated.slice(-(maxFiles - 2))) if (maxFiles > 2 && !file.endsWith('.gz')) await pack(file);
  const moved = `${path}.${stamp}`;
  await rename(path, moved);
  try {
    await reopen();
  } catch (error) {
    // The runtime still writes to the moved file: under its own name it is found again.
    await rename(moved, path);
    throw error;
  }
  return true;
}

/** The moved files of a log, oldest first. */
export async function rotatedFiles(path: string): Promise<readonly string[]> {
  const prefix = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch(() => []);
  return names.filter((name) => name.startsWith(prefix)).sort().map((name) => join(dirname(path), name));
}

async function pack(file: string): Promise<void> {
  const unfinished = `${file}.tmp`;
  await pipeline(createReadStream(file), createGzip(), createWriteStream(unfinished));
  await rename(unfinished, `${file}.gz`);
  await rm(file, { force: true });
}
