import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { defineDistribution, inspect, loadDistribution, registerHostModules, resolveDistribution, type ModuleNamespace } from '@keelson/distro';
import { standard } from '@keelson/distro/presets';
import type { Plugin, PluginRule } from '@keelson/sdk';
import { cluster } from '@keelson/testing';
import { provideHostModules } from '../../packages/cli/src/host-modules.ts';
import { node } from '../../packages/distro/src/presets/node.ts';
import { listed, parseReadme, sectionOrder, tableRows, type PluginReadme } from './plugin-readme.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface Subject {
  readonly folder: string;
  readonly manifest: { readonly name: string; readonly version: string; readonly peerDependencies?: Readonly<Record<string, string>> };
  readonly readme: PluginReadme;
}

/** Every plugin of this repository, and the third-party example. */
const subjects: readonly Subject[] = [
  ...readdirSync(join(root, 'plugins')).flatMap((group) => readdirSync(join(root, 'plugins', group)).map((name) => join(root, 'plugins', group, name))),
  join(root, 'examples/third-party-plugin'),
]
  .filter((folder) => existsSync(join(folder, 'src/plugin.ts')))
  .map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Subject['manifest'],
    readme: parseReadme(readFileSync(join(folder, 'README.md'), 'utf8')),
  }));

provideHostModules();
// The example is no package of the workspace, so its own README finds it by name only here.
const reaper = join(root, 'examples/third-party-plugin/src/plugin.ts');
registerHostModules({ '@acme/keelson-controller-pod-reaper': async () => (await import(reaper)) as ModuleNamespace });

describe.each(subjects.map((subject) => [subject.manifest.name, subject] as const))('the README of %s', (name, { folder, manifest, readme }) => {
  let plugin: Plugin;
  beforeAll(async () => {
    plugin = ((await import(join(folder, 'src/plugin.ts'))) as { default: Plugin }).default;
  });
  const section = (title: string): string => readme.sections.get(title) ?? '';

  it('is about this plugin, which says what its package says', () => {
    expect(readme.title).toBe(name);
    expect({ name: plugin.name, version: plugin.version }).toEqual({ name: manifest.name, version: manifest.version });
    expect(manifest.peerDependencies?.['@keelson/sdk']).toMatch(/^\^\d/);
    expect(section('Name')).toBe(plugin.summary);
  });

  it('has the sections of a manual page, in their order, those that apply', () => {
    const titles = [...readme.sections.keys()];
    expect(titles).toEqual(sectionOrder.filter((title) => titles.includes(title)));
    expect(titles).toEqual(expect.arrayContaining(['Name', 'Description', 'Extension points']));
    const applies = { Configuration: plugin.config !== undefined, Permissions: (plugin.rbac ?? []).length > 0, Kinds: (plugin.crds ?? []).length > 0 };
    for (const [title, due] of Object.entries(applies)) expect([title, titles.includes(title)]).toEqual([title, due]);
  });

  it('names every key of the configuration with its default', () => {
    if (plugin.config === undefined) return;
    const { properties = {} } = z.toJSONSchema(plugin.config, { io: 'input', unrepresentable: 'any' }) as { properties?: Record<string, { default?: unknown }> };
    const rows = tableRows(section('Configuration'));
    expect(rows.map(([key]) => key!.replaceAll('`', ''))).toEqual(Object.keys(properties));
    for (const [key = '', , shown = ''] of rows) {
      const preset = properties[key.replaceAll('`', '')]!.default;
      if (preset === undefined) expect(shown).not.toMatch(/^`.*`$/);
      // Lists, maps and long texts may be told in words where their content would say little.
      else if (typeof preset === 'object' || (typeof preset === 'string' && preset.length > 20)) expect([key, ...(isLiteral(shown) ? listed(shown) : [])]).toEqual([key, ...(isLiteral(shown) ? [preset].flat().map(String) : [])]);
      else expect([key, shown.replaceAll('`', '')]).toEqual([key, String(preset)]);
    }
  });

  it('lists exactly the permissions of the manifest', () => {
    const told = tableRows(section('Permissions')).map(([groups = '', resources = '', verbs = '']) => ({ groups: listed(groups).map((group) => (group === 'core' ? '' : group)), resources: listed(resources), verbs: listed(verbs) }));
    expect(permissions(told)).toEqual(permissions(plugin.rbac ?? []));
  });

  it('names its kinds and the points it fills', () => {
    for (const { plural, group } of plugin.crds ?? []) expect(section('Kinds')).toContain(`${plural}.${group}`);
    // Whatever stands in a preset already is looked at there.
    const home = [standard, node].map((preset) => resolveDistribution(preset)).find(({ plugins }) => plugins.has(plugin.name));
    const resolved = home ?? resolveDistribution(defineDistribution({ name: 'readme', version: '1.0.0', extends: [standard], plugins: [plugin] }));
    const { fills } = inspect(resolved).plugins.find((status) => status.name === plugin.name)!;
    for (const point of fills) expect(section('Extension points')).toContain(point);
  });

  for (const [at, text] of readme.distributions.entries()) it(`has a distribution example that boots (${at + 1})`, async () => {
    const from = mkdtempSync(join(tmpdir(), 'keelson-readme-'));
    try {
      writeFileSync(join(from, 'distribution.ts'), text);
      const { distribution } = await loadDistribution('./distribution.ts', { from });
      expect(resolveDistribution(distribution).plugins.has(plugin.name)).toBe(true);
      const test = await cluster(distribution);
      try {
        const unready = (): readonly string[] => test.cluster.host.status().filter(({ state }) => state !== 'ready').map(({ name: other, state, lastError }) => `${other} ${state} ${lastError ?? ''}`);
        // A plugin that does real I/O (the process runtime) does not settle in virtual time alone.
        for (let tries = 0; tries < 50 && unready().length > 0; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          await test.advance('100ms');
        }
        expect(unready()).toEqual([]);
      } finally {
        await test.close();
      }
    } finally {
      rmSync(from, { recursive: true, force: true });
    }
  });

  it('shows how to configure what can be configured, by a distribution', () => {
    if (plugin.config !== undefined) expect(readme.distributions.length).toBeGreaterThan(0);
  });
});

function isLiteral(cell: string): boolean {
  return cell.includes('`');
}

/** One text per group, resource and verb, sorted. */
function permissions(rules: readonly PluginRule[]): readonly string[] {
  const all = rules.flatMap(({ groups, resources, verbs }) => groups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`))));
  return [...new Set(all)].sort();
}
