import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError } from '../errors.ts';

/**
 * Makes a data directory with what is missing above it, for its owner alone. Step by step: the platform's recursive form
 * never returns where a folder cannot be made below an existing one (/proc). Errors: `KEEL_DATA_DIR`.
 */
export function makeDataFolder(path: string): void {
  try {
    make(path);
  } catch (error) {
    throw new CliError('KEEL_DATA_DIR', `data directory ${path} cannot be made: ${(error as Error).message}; choose another with --data-dir`, { cause: error });
  }
}

function make(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) make(parent);
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
