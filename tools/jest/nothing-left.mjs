// After the last test: whatever of ours is still in the run's temporary folder was forgotten by a test. That fails the run.
import { readdirSync, rmSync } from 'node:fs';

/** Removes the run's temporary folder; a failed run if a `keelson-*` entry was left in it. */
export default function tearDown() {
  const folder = process.env.KEELSON_TMPDIR;
  const left = leftIn(folder);
  rmSync(folder, { recursive: true, force: true });
  if (process.env.KEELSON_TMPDIR_BEFORE === '') delete process.env.TMPDIR;
  else process.env.TMPDIR = process.env.KEELSON_TMPDIR_BEFORE;
  if (left.length === 0) return;
  process.stderr.write(`\nFAIL  tests left ${left.length} folders in the temporary folder: ${left.slice(0, 5).join(', ')}${left.length > 5 ? ', …' : ''}; remove in afterAll what a test makes\n`);
  process.exitCode = 1;
}

/** Names of our own entries in a folder. */
export function leftIn(folder) {
  return readdirSync(folder).filter((name) => name.startsWith('keelson-')).sort();
}
