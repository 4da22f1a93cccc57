import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Path of the bundled command, built first where it is not up to date. */
export async function keelsonBundle(): Promise<string> {
  // The programs of the bench lie in a folder of the repository's cache.
  const root = join(dirname(process.argv[1]!), '../../..');
  const { ensureBundle } = (await import(pathToFileURL(join(root, 'tools/build/bundle.mjs')).href)) as { ensureBundle(): Promise<{ readonly bundle: string }> };
  return (await ensureBundle()).bundle;
}
