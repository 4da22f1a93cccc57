import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { hostModulePaths } from './host-modules.ts';

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

describe('host modules', () => {
  it.each(['sdk', 'api'])('cover every public path of %s; node tools/build/host-modules.mjs adds what is missing', (name) => {
    expect(publicPaths(name).filter((path) => !hostModulePaths.includes(path))).toEqual([]);
  });
});
