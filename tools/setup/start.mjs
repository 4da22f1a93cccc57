// `npm start`: sets the project up if needed, builds the command line if needed, then becomes `keelson up`. Arguments
// after `--` go to `up`. The command runs in this process, and package.json says `exec`, so that a signal to npm reaches
// the cluster, and once: a shell in between would die and leave the cluster behind.
import { pathToFileURL } from 'node:url';
import { progressOn } from './progress.mjs';
import { setUp } from './steps.mjs';

const progress = progressOn(process.stderr);
try {
  await setUp(progress);
  const { ensureBundle } = await import('../build/bundle.mjs');
  let done;
  const { bundle } = await ensureBundle({ onBuild: () => (done = progress.step('build')) });
  done?.();
  process.argv = [process.argv[0], bundle, 'up', ...process.argv.slice(2)];
  await import(pathToFileURL(bundle).href);
} catch (error) {
  process.stderr.write(`\nerror: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
