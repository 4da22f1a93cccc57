import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const jestProgram = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));
const hook = (name) => fileURLToPath(new URL(name, import.meta.url));
let root;

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'keelson-guard-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs a test file of its own with the hooks of the repository; the temporary folder of that run lies in `root`. */
function runOf(body) {
  const [tests, temporary] = [join(root, 'tests'), join(root, 'tmp')];
  for (const folder of [tests, temporary]) mkdirSync(folder);
  writeFileSync(join(tests, 'one.test.js'), `const { mkdtempSync } = require('fs'); const { join } = require('path'); const { tmpdir } = require('os');\ntest('one', () => { ${body} });\n`);
  const config = { rootDir: tests, globalSetup: hook('./own-tmpdir.mjs'), globalTeardown: hook('./nothing-left.mjs'), transform: {}, cacheDirectory: join(root, 'cache') };
  const ended = spawnSync(process.execPath, [jestProgram, '--config', JSON.stringify(config), '--ci'], { encoding: 'utf8', env: { ...process.env, TMPDIR: temporary } });
  return { code: ended.status, said: ended.stderr, left: readdirSync(temporary) };
}

it('fails a run that leaves a folder, names it and removes it', () => {
  const { code, said, left } = runOf("mkdtempSync(join(tmpdir(), 'keelson-forgotten-'));");
  expect(said).toMatch(/tests left 1 folders in the temporary folder: keelson-forgotten-/);
  expect({ code, left }).toEqual({ code: 1, left: [] });
});

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';

(isRoot ? it : it.skip)('leaves everything where it is while something is mounted below: behind it may be files of others', () => {
  const precious = join(root, 'precious');
  mkdirSync(precious);
  writeFileSync(join(precious, 'file'), '');
  const { code, said, left } = runOf(`const at = mkdtempSync(join(tmpdir(), 'keelson-mounted-')); require('child_process').execFileSync('mount', ['--bind', ${JSON.stringify(precious)}, at]);`);
  const [run] = left;
  try {
    expect(code).toBe(1);
    expect(said).toMatch(/tests left 1 mounts, and .* with them: .*keelson-mounted-/);
    expect(readdirSync(precious)).toEqual(['file']);
  } finally {
    for (const name of readdirSync(join(root, 'tmp', run))) if (name.startsWith('keelson-mounted-')) spawnSync('umount', [join(root, 'tmp', run, name)]);
  }
});

it('is content with a run that leaves nothing of ours', () => {
  const { code, left } = runOf("mkdtempSync(join(tmpdir(), 'somebody-else-'));");
  expect({ code, left }).toEqual({ code: 0, left: [] });
});
