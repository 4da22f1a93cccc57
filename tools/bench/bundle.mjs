// Bundles the bench programs as the release is bundled, so that what is measured is what users run.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { lines } = JSON.parse(readFileSync(join(root, 'packages/distro/src/build/module-banner.json'), 'utf8'));

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
    banner: { js: lines.join('\n') },
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins,
  });
  return outdir;
}
