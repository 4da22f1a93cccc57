// Writes packages/api/generated (or the folder given as argument) from the models of @kubernetes/client-node. Run at
// set-up; does nothing when neither the models nor this generator have changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveDefinitions } from './resolve.mjs';
import { definitionsModule, descriptionsModule } from './write-definitions.mjs';
import { typeModules } from './write-types.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, '../../packages/api/generated');
const stamp = join(output, 'inputs.sha256');
const client = join(dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')), '..');
const packageFolder = existsSync(join(client, 'package.json')) ? client : join(client, '..');

const inputs = inputsHash();
if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) {
  process.stdout.write('schema: up to date\n');
} else {
  const definitions = resolveDefinitions(join(packageFolder, 'dist/gen/models'));
  rmSync(output, { recursive: true, force: true });
  mkdirSync(join(output, 'types'), { recursive: true });
  writeFileSync(join(output, 'definitions.ts'), definitionsModule(definitions));
  writeFileSync(join(output, 'descriptions.ts'), descriptionsModule(definitions));
  for (const [name, text] of typeModules(definitions)) writeFileSync(join(output, 'types', name), text);
  writeFileSync(stamp, inputs);
  process.stdout.write(`schema: ${definitions.length} definitions\n`);
}

/** The installed package's identity stands for its 2,700 files: an npm version is immutable. */
function inputsHash() {
  const hash = createHash('sha256').update(readFileSync(join(packageFolder, 'package.json')));
  for (const file of readdirSync(here).filter((name) => name.endsWith('.mjs')).sort()) {
    hash.update(file).update(readFileSync(join(here, file)));
  }
  return hash.digest('hex');
}
