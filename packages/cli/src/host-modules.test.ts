import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadHostModule } from '../../distro/src/loader/host-modules.ts';
import { hostModulePaths, provideHostModules } from './host-modules.ts';

const packages = resolve(__dirname, '../..');

function publicPaths(name: string): string[] {
  const found = [`@keelson/${name}`];
  const visit = (folder: string, path: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory() || entry.name === 'testdata') continue;
      const inner = join(folder, entry.name);
      if (existsSync(join(inner, 'index.ts'))) found.push(`${path}/${entry.name}`);
      visit(inner, `${path}/${entry.name}`);
    }
  };
  visit(join(packages, name, 'src'), `@keelson/${name}`);
  return found;
}

function pluginNames(): string[] {
  const root = resolve(packages, '../plugins');
  return readdirSync(root).flatMap((group) =>
    readdirSync(join(root, group))
      .filter((folder) => existsSync(join(root, group, folder, 'src/plugin.ts')))
      .map((folder) => (JSON.parse(readFileSync(join(root, group, folder, 'package.json'), 'utf8')) as { name: string }).name),
  );
}

describe('host modules', () => {
  it.each(['sdk', 'api'])('cover every public path of %s; node tools/build/host-modules.mjs adds what is missing', (name) => {
    expect(publicPaths(name).filter((path) => !hostModulePaths.includes(path))).toEqual([]);
  });

  it('cover every plugin of the repository, with the plugin as default export', async () => {
    const plugins = pluginNames();
    expect(plugins.filter((name) => !hostModulePaths.includes(name))).toEqual([]);
    provideHostModules();
    for (const name of plugins) expect((await loadHostModule(name))?.['default']).toMatchObject({ name });
  });
});
