// Bundles the command line into packages/cli/dist/keelson.cjs, a few lines that run the program in the one file beside
// it (program-<hash>.cjs) with V8's code cache. Does nothing when nothing has changed. `--force` rebuilds;
// `ensureBundle` is what start and the launcher call.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inputsOf, isUpToDate } from './inputs.mjs';

const { cacheOf } = createRequire(import.meta.url)('./program/script.cjs');
const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = 'packages/cli/src/main.ts';
const output = 'packages/cli/dist';
const bundle = join(root, output, 'keelson.cjs');
const record = join(root, output, 'inputs.json');
const always = ['package-lock.json', ...['bundle.mjs', 'inputs.mjs', 'program/entry.cjs', 'program/script.cjs', 'program/warm.mjs'].map((name) => `tools/build/${name}`), entry];

/** Only needed by `distro build`. */
const external = ['esbuild'];

/** How long a program of an earlier build stays: another start may have read its name and not yet the file. Milliseconds. */
const grace = 600_000;

/** Builds if something changed; resolves to the bundle's path and whether it was built. Rejects with esbuild's message. */
export async function ensureBundle({ force = false, onBuild = () => undefined } = {}) {
  if (!force && isUpToDate(root, record, always)) return { bundle, built: false, ...warning(warmForThisNode()) };
  onBuild();
  generateSchemas();
  const { build } = await import('esbuild');
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outdir: output,
    // The cache of one text must never meet another: V8 compares no more than lengths.
    entryNames: 'program-[hash]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // A script loads modules by `require`; Node lets it call `import()` only as an experiment.
    supported: { 'dynamic-import': false },
    // ES modules where a package has them: a lazily imported CommonJS package would have a default export only.
    conditions: ['keelson-source', 'module'],
    mainFields: ['module', 'main'],
    external,
    // One copy for all packages; npm installs one for each.
    alias: { yaml: join(root, 'packages/cli/node_modules/yaml') },
    banner: { js: '(function (exports, require, module, __filename, __dirname, keelsonUrl) {' },
    footer: { js: '})' },
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"', 'import.meta.url': 'keelsonUrl' },
  });
  const program = outputFiles.find(({ path }) => path.endsWith('.cjs')).path;
  for (const { path, contents } of outputFiles) put(path, contents);
  const warmed = warm(program);
  put(bundle, await entryOf(build, program));
  const outputs = [...outputFiles.map(({ path }) => path), bundle];
  const inputs = [...new Set([...Object.keys(metafile.inputs), ...always])];
  put(record, JSON.stringify({ inputs: inputsOf(root, inputs), outputs: outputs.map((path) => relative(root, path)) }));
  dropOld([...outputs, record].map((path) => basename(path)));
  return { bundle, built: true, ...warning(warmed) };
}

const warning = (text) => (text === undefined ? {} : { warning: text });

/** The program may have been built by another Node, whose cache is of no use to this one. */
function warmForThisNode() {
  const program = JSON.parse(readFileSync(record, 'utf8')).outputs.find((path) => /program-[^/]*\.cjs$/.test(path));
  return existsSync(cacheOf(join(root, program))) ? undefined : warm(join(root, program));
}

/** Written by rename: a start may read it meanwhile. */
function put(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}

/** The few lines that users start, in one file. */
async function entryOf(build, program) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['tools/build/program/entry.cjs'],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    define: { KEELSON_PROGRAM: JSON.stringify(basename(program)) },
    logLevel: 'silent',
  });
  return outputFiles[0].contents;
}

/** Runs the program once for its code cache. Answers why that did not work, once: the program runs without it too, and the next start does not try again. */
function warm(program) {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-warm-'));
  try {
    const { status, stderr, error } = spawnSync(process.execPath, [join(root, 'tools/build/program/warm.mjs'), program, bundle, folder], { encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'ignore', 'pipe'] });
    if (status === 0) return undefined;
    put(cacheOf(program), '');
    return `no code cache: ${error?.message ?? stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What earlier builds left, except what a start may be about to read. */
function dropOld(current) {
  for (const name of readdirSync(join(root, output))) {
    const path = join(root, output, name);
    if (!current.some((one) => name.startsWith(one)) && statSync(path).mtimeMs < Date.now() - grace) rmSync(path, { recursive: true, force: true });
  }
}

/** The schema modules are generated, not committed; the generator does nothing when they are up to date. */
function generateSchemas() {
  const { status, stderr } = spawnSync(process.execPath, [join(root, 'tools/schema/generate.mjs')], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the schema generator failed: ${stderr}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  try {
    const { built, warning } = await ensureBundle({ force: process.argv.includes('--force') });
    if (warning !== undefined) process.stderr.write(`warning: ${warning}\n`);
    process.stdout.write(`${relative(root, bundle)}: ${built ? `built in ${((performance.now() - started) / 1000).toFixed(1)} s` : 'up to date'}\n`);
  } catch (error) {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  }
}
