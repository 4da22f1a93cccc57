import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from '../inspect.ts';
import { resolveDistribution } from '../resolve.ts';
import { minimal, standard } from './index.ts';

/** In no preset: a user chooses these knowingly. In-use protection waits for the controllers that take its finalizers off again. */
const optIn = new Set([
  ...['server', 'cluster', 'cache', 'forward', 'hosts'].map((name) => `@keelson/dns-${name}`),
  '@keelson/runtime-cri', '@keelson/runtime-process', '@keelson/admission-storage-object-in-use-protection']);

const pluginsFolder = fileURLToPath(new URL('../../../../plugins', import.meta.url));

/** Names of all plugins of this repository. */
function pluginNames(): readonly string[] {
  return readdirSync(pluginsFolder).flatMap((group) =>
    readdirSync(join(pluginsFolder, group))
      .filter((name) => existsSync(join(pluginsFolder, group, name, 'src/plugin.ts')))
      .map((name) => (JSON.parse(readFileSync(join(pluginsFolder, group, name, 'package.json'), 'utf8')) as { name: string }).name),
  );
}

describe('presets', () => {
  it.each([minimal, standard])('$name is wired without a problem', (preset) => {
    expect(inspect(resolveDistribution(preset)).plugins.length).toBe(resolveDistribution(preset).plugins.size);
  });

  it('standard holds every plugin of this repository that is not opt-in', () => {
    const listed = resolveDistribution(standard).plugins;
    expect(pluginNames().filter((name) => !listed.has(name) && !optIn.has(name))).toEqual([]);
    expect([...optIn].filter((name) => listed.has(name))).toEqual([]);
  });
});
