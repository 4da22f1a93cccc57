// The set-up that `npm start` and `npm test` share: installed dependencies and generated schemas. Node's own modules
// only, because it runs before anything is installed.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const stamp = join(root, 'node_modules/.keelson-lock');

/** Dependencies and schemas, each only if needed. Throws with what to do. */
export async function setUp(progress) {
  requireNode();
  await installDependencies(progress);
  await generateSchemas(progress);
}

/** Node's version decides before any syntax or API of a newer one can fail obscurely. */
function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Keelson needs Node 20.19 or newer, this is ${process.version}: install a newer one from https://nodejs.org`);
  }
}

async function installDependencies(progress) {
  const lock = createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const done = progress.step('install dependencies');
  // Not `npm ci`: it fails where a registry lacks the binaries of other platforms. `--no-save` keeps the lock as it is.
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], 'npm install failed');
  writeFileSync(stamp, lock);
  done();
}

async function generateSchemas(progress) {
  const generated = join(root, 'packages/api/generated/inputs.sha256');
  const done = existsSync(generated) ? undefined : progress.step('generate API schemas');
  await run(process.execPath, [join(root, 'tools/schema/generate.mjs')], 'the schema generator failed');
  done?.();
}

/** Runs a program quietly; rejects with its output. */
function run(program, args, failure) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => reject(new Error(`${failure}: ${error.message}`)));
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${failure} (exit code ${code}):\n${output.trim()}`))));
  });
}
