// Bundles the command line into packages/cli/dist/keelson.mjs, with lazy parts in chunks beside it. Does nothing when
// nothing has changed. `--force` rebuilds; `ensureBundle` is what start and the launcher call.
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inputsOf, isUpToDate } from './inputs.mjs';
import { banner } from './module-banner.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = 'packages/cli/src/main.ts';
const output = 'packages/cli/dist';
const bundle = join(root, output, 'keelson.mjs');
const record = join(root, output, 'inputs.json');
const always = ['package-lock.json', 'tools/build/bundle.mjs', 'tools/build/inputs.mjs', 'tools/build/module-banner.mjs', entry];

/** Read at run time from their own folders, or only needed by `distro build`. */
const external = ['etcd3', 'esbuild'];

/** Builds if something changed; resolves to the bundle's path and whether it was built. Rejects with esbuild's message. */
export async function ensureBundle({ force = false, onBuild = () => undefined } = {}) {
  if (!force && isUpToDate(root, record, always)) return { bundle, built: false };
  onBuild();
  generateSchemas();
  const { build } = await import('esbuild');
  const result = await build({
    absWorkingDir: root,
    entryPoints: { keelson: entry },
    outdir: output,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // ES modules where a package has them: a lazily imported CommonJS package would have a default export only.
    conditions: ['keelson-source', 'module'],
    mainFields: ['module', 'main'],
    external,
    banner: { js: banner },
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  write(result);
  return { bundle, built: true };
}

/** Chunks first, the entry last and by rename: a running cluster may still load its own chunks, another start may run now. */
function write({ outputFiles, metafile }) {
  for (const file of [...outputFiles].sort((a, b) => Number(a.path === bundle) - Number(b.path === bundle))) {
    mkdirSync(dirname(file.path), { recursive: true });
    const draft = `${file.path}.${process.pid}`;
    writeFileSync(draft, file.contents);
    renameSync(draft, file.path);
  }
  const inputs = [...new Set([...Object.keys(metafile.inputs), ...always])];
  const outputs = outputFiles.map((file) => relative(root, file.path));
  writeFileSync(`${record}.${process.pid}`, JSON.stringify({ inputs: inputsOf(root, inputs), outputs }));
  renameSync(`${record}.${process.pid}`, record);
  dropOldChunks(new Set(outputs.map((path) => basename(path))));
}

/** Chunks of earlier builds stay for a day, because running processes load them lazily. */
function dropOldChunks(current) {
  const folder = join(root, output, 'chunks');
  let names = [];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  const dayAgo = Date.now() - 24 * 3600 * 1000;
  for (const name of names) {
    if (!current.has(name) && statSync(join(folder, name)).mtimeMs < dayAgo) rmSync(join(folder, name), { force: true });
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
    const { built } = await ensureBundle({ force: process.argv.includes('--force') });
    const size = (statSync(bundle).size / 1024).toFixed(0);
    process.stdout.write(`${relative(root, bundle)}: ${built ? `${size} KiB in ${((performance.now() - started) / 1000).toFixed(1)} s` : 'up to date'}\n`);
  } catch (error) {
    process.stderr.write(`error: ${error.message}\n`);
    process.exitCode = 1;
  }
}
