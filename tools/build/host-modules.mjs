// Rewrites the list in packages/cli/src/host-modules.ts from the folders of the SDK and the API: run it after adding a
// public path to either.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = join(root, 'packages/cli/src/host-modules.ts');
const others = ['@keelson/client', '@keelson/distro', '@keelson/reconcile', '@keelson/telemetry', '@opentelemetry/api', 'zod'];

const paths = [...['api', 'sdk'].flatMap((name) => publicPaths(join(root, 'packages', name, 'src'), `@keelson/${name}`)).sort(), ...others];
const list = paths.map((path) => `  '${path}': () => import('${path}'),\n`).join('');
const text = readFileSync(target, 'utf8');
writeFileSync(target, text.replace(/(=> Promise<ModuleNamespace>>> = \{\n)[\s\S]*?(\};\n)/, (_, before, after) => before + list + after));

function publicPaths(folder, path) {
  const inner = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'testdata')
    .flatMap((entry) => publicPaths(join(folder, entry.name), `${path}/${entry.name}`));
  return existsSync(join(folder, 'index.ts')) ? [path, ...inner] : inner;
}
