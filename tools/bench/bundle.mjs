// Bundles the bench programs as the release is bundled, so that what is measured is what users run.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Some libraries inside are CommonJS and ask for `require` and their folder. */
const banner = [
  "import { createRequire as keelsonRequire } from 'node:module';",
  "import { dirname as keelsonDirname } from 'node:path';",
  "import { fileURLToPath as keelsonPath } from 'node:url';",
  'const require = keelsonRequire(import.meta.url);',
  'const __filename = keelsonPath(import.meta.url);',
  'const __dirname = keelsonDirname(__filename);',
].join(' ');

/**
 * Bundles entry points (`{ name: path below the repository }`) into a folder of the cache; `plugins` are esbuild's.
 * Returns the folder. Rejects with esbuild's message.
 */
export async function bundle(entryPoints, { folder, plugins = [] }) {
  const { build } = await import('esbuild');
  // Below the repository, so that packages left outside are found from there.
  const outdir = join(root, '.cache/bench', folder);
  mkdirSync(outdir, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['keelson-source'],
    mainFields: ['module', 'main'],
    external: ['etcd3', '@grpc/grpc-js', '@grpc/proto-loader', 'esbuild'],
    banner: { js: banner },
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins,
  });
  return outdir;
}
