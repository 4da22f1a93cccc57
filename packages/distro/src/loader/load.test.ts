import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as sdk from '@keelson/sdk';
import { folderOf, registerForTests } from '../testdata/fixtures.ts';
import { bundleFile } from './bundle.ts';
import { evaluate } from './evaluate.ts';
import { loadDistribution, loadPlugin } from './load.ts';
import { sdkVersion } from './package-check.ts';

beforeAll(registerForTests);

const example = fileURLToPath(new URL('../../../../examples/third-party-plugin', import.meta.url));
const pluginText = (name: string, more = ''): string => `import { definePlugin, Clock } from '@keelson/sdk';
export default definePlugin({ name: '${name}', version: '1.0.0', kind: 'extension', summary: 'a plugin', requires: { clock: Clock }, setup: () => [] });
${more}`;
const packageText = (name: string, range = '^0.1.0', version = '1.0.0'): string => JSON.stringify({ name, version, exports: './plugin.ts', peerDependencies: { '@keelson/sdk': range } });

describe('loadPlugin', () => {
  it('loads the example by folder, by file and by name, with the host\'s own SDK', async () => {
    const byFolder = await loadPlugin('./third-party-plugin', { from: fileURLToPath(new URL('../../../../examples', import.meta.url)) });
    const byFile = await loadPlugin(`${example}/src/plugin.ts`, { from: '/' });
    const copy = folderOf({ 'node_modules/@acme/keelson-controller-pod-reaper/package.json': readFileSync(`${example}/package.json`, 'utf8'), 'node_modules/@acme/keelson-controller-pod-reaper/src/plugin.ts': readFileSync(`${example}/src/plugin.ts`, 'utf8') });
    const byName = await loadPlugin('@acme/keelson-controller-pod-reaper', { from: copy });
    for (const plugin of [byFolder, byFile, byName]) {
      expect(plugin.name).toBe('@acme/keelson-controller-pod-reaper');
      expect((plugin.requires as { readonly clock: unknown }).clock).toBe(sdk.Clock);
    }
  });

  it('takes a package that is plain JavaScript in CommonJS, without any SDK', async () => {
    const folder = folderOf({ 'plugin.js': "module.exports.default = { name: 'plain', version: '1.0.0', kind: 'extension', summary: 'plain', setup: () => [] };" });
    expect((await loadPlugin('./plugin.js', { from: folder })).name).toBe('plain');
  });

  it('lets a file import modules while it runs', async () => {
    const folder = folderOf({ 'plugin.ts': pluginText('late', "export const built = import('node:os'); export const own = import('./own.ts');"), 'own.ts': 'export const answer = 42;' });
    const { built, own } = evaluate(await bundleFile(`${folder}/plugin.ts`, 'plugin.ts'), `${folder}/plugin.ts`, 'plugin.ts') as { readonly built: Promise<{ readonly EOL: string }>; readonly own: Promise<{ readonly answer: number }> };
    expect([(await built).EOL, (await own).answer]).toEqual(['\n', 42]);
  });

  it.each([
    ['a package made for another SDK', { 'package.json': packageText('a', '^7.0.0'), 'plugin.ts': pluginText('a') }, '.', 'package.json: a is made for @keelson/sdk ^7.0.0, this is 0.1.0\n    use a keelson that it is made for'],
    ['a name unlike its package', { 'package.json': packageText('a'), 'plugin.ts': pluginText('b') }, '.', 'plugin.ts: the plugin\'s name is "b", that of its package.json is "a"\n    make both the same'],
    ['a missing folder', {}, './gone', 'gone: no such file or folder\n    give the path of a plugin file or of its package'],
    ['a missing package', {}, '@acme/gone', '@acme/gone: no package of that name beside'],
    ['a manifest without setup', { 'plugin.ts': "export default { name: 'a', version: '1.0.0', kind: 'x', summary: 'x', setup: 1 };" }, './plugin.ts', 'plugin.ts: a setup must be a function\n    correct the manifest'],
    ['a distribution', { 'plugin.ts': "export default { name: 'a', version: '1.0.0' };" }, './plugin.ts', 'its default export is the distribution a, not a plugin'],
  ])('refuses %s', async (_title, files, what, expected) => {
    await expect(loadPlugin(what, { from: folderOf(files) })).rejects.toThrow(expected);
  });
});

describe('loadDistribution', () => {
  it('takes plugins by path and by name, bundles their own modules and keeps the text for messages', async () => {
    const folder = folderOf({
      'distribution.ts': "import { defineDistribution, use } from '@keelson/distro';\nimport one from './one/plugin.ts';\nimport two from '@acme/two';\nexport default defineDistribution({ name: 'acme', version: '1.0.0', plugins: [use(one), two] });\n",
      'one/plugin.ts': pluginText('one', "export { answer } from './answer';"),
      'one/answer.ts': 'export const answer: number = 42;',
      'node_modules/@acme/two/package.json': packageText('@acme/two'),
      'node_modules/@acme/two/plugin.ts': pluginText('@acme/two'),
    });
    const { distribution, source } = await loadDistribution('distribution.ts', { from: folder });
    expect(distribution.plugins!.map((entry) => ('use' in entry ? entry.use.name : entry.name))).toEqual(['one', '@acme/two']);
    expect(source).toMatchObject({ file: 'distribution.ts', text: expect.stringContaining('defineDistribution') });
  });

  it.each([
    ['a missing file', {}, 'd.ts: no such file\n    give the path of a distribution file'],
    ['a syntax error', { 'd.ts': 'const a = 1;\nexport default {{;\n' }, 'd.ts:2:17: expected'],
    ['no default export', { 'd.ts': 'export const acme = 1;' }, 'd.ts: has no default export (it exports acme)\n    add: export default defineDistribution({ … })'],
    ['a plugin', { 'd.ts': pluginText('a') }, 'd.ts: its default export is the plugin a, not a distribution'],
    ['a file that throws', { 'd.ts': "interface Unused { x: number }\n\nfunction fail(): never {\n  throw new Error('no network');\n}\nexport default fail();\n" }, 'd.ts:4:9: throws while it is loaded: Error: no network'],
    ['an import that is not there', { 'd.ts': "import gone from './gone.ts';\nexport default gone;\n" }, 'd.ts:1:18: imports ./gone.ts, which is not there\n    correct the path'],
    ['a package that is not there', { 'd.ts': "import gone from '@acme/gone';\nexport default gone;\n" }, 'd.ts:1:18: imports @acme/gone, which is not there\n    install it beside the file (npm install @acme/gone)'],
    ['a name that a host module does not export', { 'd.ts': "import { definePlugn } from '@keelson/sdk';\nexport default definePlugn({});\n" }, 'd.ts:1:10: imports definePlugn from @keelson/sdk, which does not export it'],
    ['a plugin made for another SDK', { 'd.ts': "import a from '@acme/a';\nexport default { name: 'd', version: '1.0.0', plugins: [a] };\n", 'node_modules/@acme/a/package.json': packageText('@acme/a', '>=0.5.0 <0.6.0'), 'node_modules/@acme/a/plugin.ts': pluginText('@acme/a') }, '@acme/a is made for @keelson/sdk >=0.5.0 <0.6.0, this is 0.1.0'],
  ])('refuses %s', async (_title, files, expected) => {
    await expect(loadDistribution('d.ts', { from: folderOf(files) })).rejects.toThrow(expected);
  });
});

it('speaks the version of the SDK in this repository', () => {
  const text = readFileSync(fileURLToPath(new URL('../../../sdk/package.json', import.meta.url)), 'utf8');
  expect(sdkVersion).toBe((JSON.parse(text) as { version: string }).version);
});
