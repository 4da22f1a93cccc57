import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigMap } from '@keelson/api/core/v1';
import { loadDistribution } from '@keelson/distro';
import { cluster } from '@keelson/testing';
import { provideHostModules } from '../../packages/cli/src/host-modules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guides = join(root, 'docs/guides');

jest.setTimeout(120_000);

/** Writes the files that a guide shows (fenced blocks with `file=NAME`) into a folder of their own. */
function filesOf(guide: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'keelson-guide-'));
  folders.push(folder);
  for (const [, name, text] of readFileSync(join(guides, guide), 'utf8').matchAll(/^```\w+ file=(\S+)\n([^]*?)^```$/gm)) writeFileSync(join(folder, name!), text!);
  return folder;
}
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

beforeAll(provideHostModules);

describe('the guides', () => {
  it('show a plugin that works as they say', async () => {
    const folder = filesOf('write-a-plugin.md');
    const { distribution } = await loadDistribution('./distribution.ts', { from: folder });
    const test = await cluster(distribution);
    try {
      await test.api.create({ apiVersion: 'example.org/v1', kind: 'Greeting', metadata: { name: 'world', namespace: 'default' }, spec: { name: 'World' } } as never);
      await test.advance('1s');
      expect((await test.api.get(ConfigMap, { namespace: 'default', name: 'world' }))?.data).toEqual({ text: 'Good morning, World!' });
      const greeting = { group: 'example.org', version: 'v1', plural: 'greetings', namespace: 'default', name: 'world' };
      await test.transportFor({ name: 'admin', groups: ['system:masters'] }).call({ verb: 'delete', ...greeting });
      await test.eventually('the config map is gone', async () => (await test.api.get(ConfigMap, { namespace: 'default', name: 'world' })) === undefined, '1m');
    } finally {
      await test.close();
    }
  });

  it.each(['write-a-plugin.md', 'test-your-plugin.md'])('show tests that pass, and code that type-checks: %s', (guide) => {
    const folder = filesOf(guide);
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions: { noEmit: true, incremental: false }, include: ['*.ts'] }));
    const run = (...args: string[]) => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
      return { status, output: status === 0 ? '' : stdout + stderr };
    };
    expect(run('node_modules/.bin/tsc', '-p', folder)).toEqual({ status: 0, output: '' });
    expect(run('node_modules/.bin/jest', '-c', 'tools/jest/jest.config.mjs', '--roots', folder, '--runInBand')).toEqual({ status: 0, output: '' });
  });

  it('show a distribution that boots', async () => {
    const folder = filesOf('compose-a-distribution.md');
    cpSync(join(root, 'examples/third-party-plugin'), join(folder, 'third-party-plugin'), { recursive: true });
    const { distribution } = await loadDistribution('./distribution.ts', { from: folder });
    const test = await cluster(distribution);
    expect(test.cluster.host.status().map(({ state }) => state)).toEqual(test.cluster.host.status().map(() => 'ready'));
    await test.close();
  });

  it('are all in the table of contents', () => {
    const contents = readFileSync(join(root, 'docs/README.md'), 'utf8');
    for (const guide of readdirSync(guides)) expect(contents).toContain(`(guides/${guide})`);
  });
});
