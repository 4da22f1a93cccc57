import { formatProblems } from '@keelson/kernel/host';
import { z } from 'zod';
import { defineDistribution, use } from './definition.ts';
import { resolveDistribution } from './resolve.ts';
import { applySettings } from './settings.ts';
import { plugin } from './testdata/fixtures.ts';

const sim = plugin('@keelson/runtime-sim', { config: z.strictObject({ nodes: z.int().min(1).default(1), image: z.strictObject({ pullMs: z.int().default(0) }).default({ pullMs: 0 }), region: z.string() }) });
const bare = plugin('@keelson/controller-bare');
const resolved = resolveDistribution(defineDistribution({ name: 'acme', version: '1.0.0', plugins: [use(sim, { nodes: 3, region: 'a' }), bare] }));

/** Problems of a settings file, as the user reads them. */
function problemsOf(text: string): string {
  return formatProblems('settings', applySettings(resolved, text, 'edge.yaml').problems);
}

describe('applySettings', () => {
  it('lays settings over the configuration, by short or full name, and says where from', () => {
    const { plugins, problems } = applySettings(resolved, 'plugins:\n  runtime-sim:\n    nodes: 5\n', 'edge.yaml');
    expect(problems).toEqual([]);
    expect(plugins.get('@keelson/runtime-sim')).toMatchObject({ config: { nodes: 5, region: 'a' }, place: 'edge.yaml:2' });
    expect(applySettings(resolved, 'plugins:\n  "@keelson/runtime-sim": { nodes: 6 }\n', 'edge.yaml').plugins.get('@keelson/runtime-sim')!.config).toMatchObject({ nodes: 6 });
    expect(resolved.plugins.get('@keelson/runtime-sim')!.config).toEqual({ nodes: 3, region: 'a' });
  });

  it('accepts an empty file', () => {
    expect(applySettings(resolved, '', 'edge.yaml')).toMatchObject({ problems: [] });
  });

  it.each([
    ['a value out of range', 'plugins:\n  runtime-sim:\n    nodes: 0\n', 'KEEL_BAD_SETTINGS  edge.yaml:3 plugins.runtime-sim.nodes: expected at least 1, got 0'],
    ['a deep value', 'plugins:\n  runtime-sim:\n    image:\n      pullMs: soon\n', 'edge.yaml:4 plugins.runtime-sim.image.pullMs: expected number, got "soon"'],
    ['an unknown key', 'plugins:\n  runtime-sim:\n    nodes: 1\n    node: 2\n', 'edge.yaml:4 plugins.runtime-sim.node: unknown key\n    did you mean "nodes"?'],
    ['an unknown plugin', 'plugins:\n  runtime-simm: {}\n', 'edge.yaml:2 plugins.runtime-simm: no such plugin in distribution acme\n    did you mean "runtime-sim"?'],
    ['a plugin without configuration', 'plugins:\n  controller-bare: { a: 1 }\n', 'edge.yaml:2 plugins.controller-bare: the plugin takes no configuration'],
    ['a key beside "plugins"', 'nodes: 3\n', 'edge.yaml:1 nodes: unknown key\n    settings of a plugin go under "plugins"'],
    ['a list', '- a\n', 'edge.yaml must be a map'],
    ['broken YAML', 'plugins:\n  a: [1\n', 'KEEL_BAD_SETTINGS  edge.yaml:'],
  ])('reports %s with file, line, key and fix', (_title, text, expected) => {
    expect(problemsOf(text)).toContain(expected);
  });
});
