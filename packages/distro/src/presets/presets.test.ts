import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from '../inspect.ts';
import { resolveDistribution } from '../resolve.ts';
import { minimal, standard } from './index.ts';
import { node } from './node.ts';

/** Start programs on this machine: in `standard` only when the user asks for them. */
const withPrograms = ['@keelson/runtime-cri', '@keelson/runtime-process'];
/** In no preset yet. In-use protection waits for the controllers that take its finalizers off again. */
const inNone = new Set(['@keelson/admission-storage-object-in-use-protection']);

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
  it.each([minimal, standard, node])('$name is wired without a problem', (preset) => {
    expect(inspect(resolveDistribution(preset)).plugins.length).toBe(resolveDistribution(preset).plugins.size);
  });

  it('every plugin of this repository is for clusters, for hosts, or knowingly in neither', () => {
    const [forClusters, forHosts] = [standard, node].map((preset) => resolveDistribution(preset).plugins) as [ReadonlyMap<string, unknown>, ReadonlyMap<string, unknown>];
    expect(pluginNames().filter((name) => !forClusters.has(name) && !forHosts.has(name) && !inNone.has(name))).toEqual([]);
    expect([...inNone].filter((name) => forClusters.has(name) || forHosts.has(name))).toEqual([]);
    expect(withPrograms.filter((name) => forClusters.has(name))).toEqual([]);
  });
});
