import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

/** A small tree laid out as this one, with the files given. */
function treeOf(files: Readonly<Record<string, string>>): string {
  const tree = mkdtempSync(join(tmpdir(), 'keelson-lint-'));
  const all = {
    'package.json': '{"type":"module"}',
    'tools/typecheck/tsconfig.json': JSON.stringify({
      compilerOptions: { strict: true, target: 'ES2022', module: 'ESNext', moduleResolution: 'bundler', allowImportingTsExtensions: true, noEmit: true, types: [], skipLibCheck: true },
      include: ['../../packages/**/*.ts', '../../plugins/**/*.ts'],
    }),
    'eslint.config.mjs': `import { rulesFor } from ${JSON.stringify(join(root, 'tools/lint/rules-for.mjs'))};\nexport default rulesFor(${JSON.stringify(`${tree}/`)});\n`,
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}

function run(tree: string, args: readonly string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: tree, encoding: 'utf8' });
  rmSync(tree, { recursive: true, force: true });
  return { status, output: stdout + stderr };
}

const boundaries = (files: Readonly<Record<string, string>>) =>
  run(treeOf(files), [join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'), '--config', join(root, 'tools/lint/boundaries.cjs'), '--output-type', 'err', ...folders(files)]);
const folders = (files: Readonly<Record<string, string>>): string[] => [...new Set(Object.keys(files).map((path) => path.split('/')[0]!))];
const x = 'export const x = 1;\n';

describe('import boundaries', () => {
  it('passes a tree that keeps them', () => {
    const { status, output } = boundaries({
      'packages/kernel/src/storage/a.ts': x,
      'packages/kernel/src/watch/b.ts': "import { x } from '../storage/a.ts';\nexport const y = x;\n",
      'plugins/controllers/job/src/plugin.ts': "import { z } from '../../../../packages/sdk/src/z.ts';\nexport default z;\n",
      'packages/sdk/src/z.ts': 'export const z = 1;\n',
    });
    expect(output).toContain('no dependency violations found');
    expect(status).toBe(0);
  });

  it('names every rule that a tree breaks', () => {
    const { status, output } = boundaries({
      'packages/api/src/reads-files.ts': "import { readFileSync } from 'node:fs';\nexport const r = readFileSync;\n",
      'packages/sdk/src/up.ts': "import { x } from '../../kernel/src/storage/a.ts';\nexport const u = x;\n",
      'packages/kernel/src/storage/a.ts': x,
      'packages/kernel/src/storage/up.ts': "import { w } from '../watch/w.ts';\nexport const s = w;\n",
      'packages/kernel/src/watch/w.ts': 'export const w = 1;\n',
      'packages/client/src/one.ts': "import { two } from './two.ts';\nexport const one = (): number => two();\n",
      'packages/client/src/two.ts': "import { one } from './one.ts';\nexport const two = (): number => one();\n",
      'packages/client/src/etcd.ts': "import { Etcd3 } from 'etcd3';\nexport const e = Etcd3;\n",
      'packages/testing/src/t.ts': x,
      'packages/node/src/uses-testing.ts': "import { x } from '../../testing/src/t.ts';\nexport const n = x;\n",
      'plugins/dns/hosts/src/plugin.ts': "import { x } from '../../cache/src/plugin.ts';\nimport { a } from '../../../../packages/node/src/agent.ts';\nexport default [x, a];\n",
      'plugins/dns/cache/src/plugin.ts': x,
      'packages/node/src/agent.ts': 'export const a = 1;\n',
      'packages/cli/src/uses-plugin.ts': "import { x } from '../../../plugins/dns/cache/src/plugin.ts';\nexport const c = x;\n",
    });
    expect(status).not.toBe(0);
    for (const rule of ['api-pure', 'layer-sdk', 'floor-storage', 'no-cycles', 'home-of-etcd3', 'testing-in-tests', 'plugin-to-plugin', 'plugin-imports', 'plugins-composed-in-distro']) {
      expect(output).toContain(`error ${rule}:`);
    }
  });
});

describe('code rules', () => {
  const lint = (files: Readonly<Record<string, string>>): { path: string; rules: string[] }[] => {
    const tree = treeOf(files);
    const { output } = run(tree, [join(root, 'node_modules/eslint/bin/eslint.js'), '-f', 'json', ...folders(files)]);
    const results = JSON.parse(output) as { filePath: string; messages: { ruleId: string | null; message: string }[] }[];
    return results.map((result) => ({ path: result.filePath.slice(tree.length + 1), rules: [...new Set(result.messages.map((message) => message.ruleId ?? message.message))].sort() }));
  };

  it('reports what domain code may not do and leaves alone what it may', () => {
    const found = lint({
      'packages/client/src/clean.ts': "import { sep } from 'node:path';\n/** Shadows a global on purpose. */\nexport const later = (setTimeout: (n: number) => void, at: number): string => {\n  setTimeout(1);\n  return new Date(at).toISOString() + sep;\n};\n",
      'packages/client/src/ambient.ts': 'export const all = (): unknown[] => [Date.now(), new Date(), Math.random(), setTimeout(() => undefined, 1), process.env, console.log(1)];\n',
      'packages/cli/src/adapters/clock.ts': 'export const now = (): number => Date.now();\n',
      'packages/client/src/ambient.test.ts': 'setTimeout(() => undefined, 1);\n',
      'packages/client/src/floating.ts': 'const work = async (): Promise<void> => undefined;\nexport const start = (): void => {\n  work();\n};\n',
      'packages/client/src/anything.ts': 'export const f = (value: any): unknown => value;\n',
      'packages/client/src/shared/thing.ts': x,
      'packages/client/src/CamelCase.ts': x,
      'packages/client/src/spans.ts': "declare const tracer: { startSpan(name: string): void };\nexport const f = (id: string): void => {\n  tracer.startSpan(`sync ${id}`);\n};\n",
      'packages/client/src/unnamed.ts': 'export default 1;\n',
      'plugins/dns/cache/src/plugin.ts': 'export default 1;\n',
      'packages/client/src/long.ts': `${'export {};\n'.repeat(401)}`,
      'packages/client/src/everything.ts': "export * from './clean.ts';\n",
      'packages/client/src/colours.ts': 'export enum Colour { Red }\n',
      'packages/client/src/asks.ts': "import { Container } from 'inversify';\nconst container = new Container();\nexport const got = container.get('x');\n",
      'packages/kernel/src/host/wiring/asks.ts': "import { Container } from 'inversify';\nconst container = new Container();\nexport const got = container.get('x');\n",
    });
    const broken = Object.fromEntries(found.filter((file) => file.rules.length > 0).map((file) => [file.path, file.rules]));
    expect(broken).toEqual({
      'packages/client/src/ambient.ts': ['keelson/ambient-effects'],
      'packages/client/src/floating.ts': ['@typescript-eslint/no-floating-promises'],
      'packages/client/src/anything.ts': ['@typescript-eslint/no-explicit-any'],
      'packages/client/src/shared/thing.ts': ['keelson/file-names'],
      'packages/client/src/CamelCase.ts': ['keelson/file-names'],
      'packages/client/src/spans.ts': ['keelson/span-names'],
      'packages/client/src/unnamed.ts': ['keelson/default-export'],
      'packages/client/src/long.ts': ['max-lines'],
      'packages/client/src/everything.ts': ['no-restricted-syntax'],
      'packages/client/src/colours.ts': ['no-restricted-syntax'],
      'packages/client/src/asks.ts': ['keelson/container-use'],
    });
  });
});
