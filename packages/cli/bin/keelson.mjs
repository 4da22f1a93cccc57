#!/usr/bin/env node
// Launcher: runs the bundle. In a checkout it builds the bundle first when a source has changed.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const builder = new URL('../../../tools/build/bundle.mjs', import.meta.url);
if (existsSync(builder)) {
  const { ensureBundle } = await import(builder.href);
  try {
    await ensureBundle({ onBuild: () => process.stderr.write('building keelson ...\n') });
  } catch (error) {
    process.stderr.write(`error: cannot build keelson: ${error.message}\n`);
    process.exit(1);
  }
}
const bundle = new URL('../dist/keelson.cjs', import.meta.url);
if (!existsSync(bundle)) {
  process.stderr.write(`error: ${fileURLToPath(bundle)} is missing; install @keelson/cli again\n`);
  process.exit(1);
}
await import(bundle.href);
