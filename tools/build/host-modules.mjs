// Rewrites the lists of what distribution and plugin files may import from the program: the public paths of the SDK and
// the API in packages/cli/src/host-modules.ts, and the plugins of this repository in packages/distro/src/presets/
// plugin-modules.ts. Run it after adding a public path or a plugin.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const others = ['@keelson/client', '@keelson/distro', '@keelson/distro/presets', '@keelson/kernel/storage', '@keelson/reconcile', '@keelson/telemetry', '@opentelemetry/api', 'zod'];
const plugins = readdirSync(join(root, 'plugins')).flatMap(pluginsOf).sort((a, b) => (a.name < b.name ? -1 : 1));

const paths = [...['api', 'sdk'].flatMap((name) => publicPaths(join(root, 'packages', name, 'src'), `@keelson/${name}`)).sort(), ...others];
rewrite('packages/cli/src/host-modules.ts', [
  [/(=> Promise<ModuleNamespace>>> = \{\n)[\s\S]*?(\};\n)/, paths.map((path) => `  '${path}': () => import('${path}'),\n`)],
  [/(const plugins: readonly string\[\] = \[\n)[\s\S]*?(\];\n)/, plugins.map(({ name }) => `  '${name}',\n`)],
]);

// What is in no preset of `--distribution` is loaded only when a file asks for it.
const presets = join(root, 'packages/distro/src/presets');
const chosen = new Map(['opt-in', 'node-only'].flatMap((file) =>
  [...readFileSync(join(presets, `${file}.ts`), 'utf8').matchAll(/default as (\w+) .*from '(.*)'/g)].map(([, binding, name]) => [name, { file, binding }]),
));
const always = plugins.filter(({ name }) => !chosen.has(name));
rewrite('packages/distro/src/presets/plugin-modules/index.ts', [
  [/(\/\/ imports\n)[\s\S]*?(\/\/ end\n)/, always.map(({ name, binding }) => `import * as ${binding} from '${name}';\n`)],
  [/(HostModule>> = \{\n)[\s\S]*?(\};\n)/, [
    ...always.map(({ name, binding }) => `  '${name}': ${binding},\n`),
    ...[...chosen].map(([name, { file, binding }]) => `  '${name}': async () => ({ default: (await import('../${file}.ts')).${binding} }),\n`),
  ]],
]);

function rewrite(file, parts) {
  const text = readFileSync(join(root, file), 'utf8');
  writeFileSync(join(root, file), parts.reduce((present, [form, lines]) => present.replace(form, (_, before, after) => before + lines.join('') + after), text));
}

function pluginsOf(group) {
  return readdirSync(join(root, 'plugins', group)).flatMap((folder) => {
    const at = join(root, 'plugins', group, folder);
    if (!existsSync(join(at, 'src/plugin.ts'))) return [];
    const { name } = JSON.parse(readFileSync(join(at, 'package.json'), 'utf8'));
    return [{ name, binding: name.replace('@keelson/', '').replace(/-(\w)/g, (_, letter) => letter.toUpperCase()) }];
  });
}

function publicPaths(folder, path) {
  const inner = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'testdata')
    .flatMap((entry) => publicPaths(join(folder, entry.name), `${path}/${entry.name}`));
  return existsSync(join(folder, 'index.ts')) ? [path, ...inner] : inner;
}
