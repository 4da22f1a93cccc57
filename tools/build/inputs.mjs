// Decides whether a bundle is up to date: by size and time of each file that went into it, so that asking costs
// milliseconds. A lock file or build script that changed counts as well.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What was read last time: path relative to the root → size and time. */
export function inputsOf(root, paths) {
  return Object.fromEntries([...paths].sort().map((path) => [path, mark(join(root, path))]));
}

/** True if the record at `recordFile` lists inputs and none of them changed, and all `outputs` exist. */
export function isUpToDate(root, recordFile, alsoRequired = []) {
  let record;
  try {
    record = JSON.parse(readFileSync(recordFile, 'utf8'));
  } catch {
    return false;
  }
  const inputs = Object.entries(record.inputs ?? {});
  if (inputs.length === 0 || alsoRequired.some((path) => !(path in record.inputs))) return false;
  if (record.outputs.some((path) => mark(join(root, path)) === undefined)) return false;
  return inputs.every(([path, known]) => mark(join(root, path)) === known);
}

function mark(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.size}:${Math.round(stat.mtimeMs)}`;
}
