// After the last test: whatever of ours is still in the run's temporary folder was forgotten by a test. That fails the run.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';

/** Removes the run's temporary folder; a failed run if a `keelson-*` entry or a mount was left in it. */
export default function tearDown() {
  const folder = process.env.KEELSON_TMPDIR;
  if (process.env.KEELSON_TMPDIR_BEFORE === '') delete process.env.TMPDIR;
  else process.env.TMPDIR = process.env.KEELSON_TMPDIR_BEFORE;
  const mounts = mountsBelow(folder);
  if (mounts.length > 0) {
    // Never remove through a mount: behind it may be anybody's files.
    fail(`tests left ${mounts.length} mounts, and ${folder} with them: ${some(mounts)}; unmount in afterAll what a test mounts`);
    return;
  }
  const left = leftIn(folder);
  rmSync(folder, { recursive: true, force: true });
  if (left.length > 0) fail(`tests left ${left.length} folders in the temporary folder: ${some(left)}; remove in afterAll what a test makes`);
}

/** Names of our own entries in a folder. */
function leftIn(folder) {
  return readdirSync(folder).filter((name) => name.startsWith('keelson-')).sort();
}

/** Where something is mounted below a folder, as Linux tells. */
function mountsBelow(folder) {
  if (!existsSync('/proc/self/mountinfo')) return [];
  return readFileSync('/proc/self/mountinfo', 'utf8').split('\n').map((line) => line.split(' ')[4] ?? '').filter((path) => path.startsWith(`${folder}/`));
}

function some(names) {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
}

function fail(message) {
  process.stderr.write(`\nFAIL  ${message}\n`);
  process.exitCode = 1;
}
