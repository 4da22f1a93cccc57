import { extensionPoint, token } from '@keelson/sdk';
import { formatProblems } from '@keelson/kernel/host';
import { z } from 'zod';
import { defineDistribution, use, type Distribution } from './definition.ts';
import { hostOptionsOf, resolveDistribution } from './resolve.ts';
import { plugin } from './testdata/fixtures.ts';

const Endpoints = token<object>('keelson.net.endpoints');
const slices = plugin('@keelson/controller-endpointslice', { provides: [Endpoints] });
const cache = plugin('@keelson/dns-cache', { config: z.strictObject({ maxTtl: z.int().default(30), size: z.int().default(100) }) });
const Controllers = extensionPoint<object>('keelson.controllers');
const runner = plugin('@keelson/runner', { requires: { controllers: Controllers } });
const filler = plugin('@acme/filler', { kind: 'controller' });
const preset = defineDistribution({ name: 'standard', version: '1.0.0', plugins: [slices, use(cache, { size: 5 })], order: { 'keelson.dns.handlers': ['cache', 'hosts'] }, onFailure: { '@keelson/dns-cache': 'disable' } });
const acme = (rest: Partial<Distribution>): Distribution => defineDistribution({ name: 'acme', version: '1.0.0', extends: [preset], ...rest });

/** The problems of a composition, as the user reads them. */
function problemsOf(distribution: Distribution, text?: string): string {
  const { problems, name } = resolveDistribution(distribution, text === undefined ? undefined : { file: 'distribution.ts', text });
  return formatProblems(name, problems);
}

describe('resolveDistribution', () => {
  it('removes, replaces, configures and adds, in this order, and leaves the preset as it was', () => {
    const other = plugin('@acme/slices', { provides: [Endpoints] });
    const extra = plugin('@acme/extra');
    const { plugins, onFailure } = resolveDistribution(acme({ replace: { '@keelson/controller-endpointslice': other }, configure: [use(cache, { maxTtl: 10 })], plugins: [extra] }));
    expect([...plugins.keys()].sort()).toEqual(['@acme/extra', '@acme/slices', '@keelson/dns-cache']);
    expect(plugins.get('@keelson/dns-cache')!.config).toEqual({ size: 5, maxTtl: 10 });
    expect(onFailure).toEqual({ '@keelson/dns-cache': 'disable' });
    expect([...resolveDistribution(preset).plugins.keys()]).toEqual(['@keelson/controller-endpointslice', '@keelson/dns-cache']);
    expect(resolveDistribution(preset).plugins.get('@keelson/dns-cache')!.config).toEqual({ size: 5 });
  });

  it('tells where and why each plugin is there', () => {
    const text = "import cache from '@keelson/dns-cache';\nexport default defineDistribution({\n  configure: [\n    use(cache, { maxTtl: 10 }),\n  ],\n});\n";
    const { plugins } = resolveDistribution(acme({ configure: [use(cache, { maxTtl: 10 })] }), { file: 'distribution.ts', text });
    expect(plugins.get('@keelson/dns-cache')).toMatchObject({ why: ['standard lists it (distribution standard)', 'acme configures it (distribution.ts:4)'], place: 'distribution.ts:4' });
  });

  it('remembers what was removed, and where', () => {
    const resolved = resolveDistribution(acme({ remove: ['@keelson/controller-endpointslice'] }), { file: 'distribution.ts', text: "x\n\n  remove: ['@keelson/controller-endpointslice'],\n" });
    expect(hostOptionsOf(resolved).absent).toEqual([{ plugin: slices, why: 'was removed (distribution.ts:3)' }]);
  });

  it('marks an inherited order and lets an own one win', () => {
    expect(resolveDistribution(acme({})).order['keelson.dns.handlers']).toMatchObject({ inherited: true, names: ['cache', 'hosts'] });
    const own = resolveDistribution(acme({ order: { 'keelson.dns.handlers': ['hosts'] } })).order['keelson.dns.handlers']!;
    expect(own.names).toEqual(['hosts']);
    expect(own.inherited).toBeUndefined();
  });

  it('accepts the same plugin by two ways that agree', () => {
    const edge = defineDistribution({ name: 'edge', version: '1.0.0', extends: [preset] });
    expect(resolveDistribution(acme({ extends: [preset, edge] })).problems).toEqual([]);
  });

  it.each<[string, Distribution, string]>([
    ['a plugin added twice', acme({ plugins: [cache] }), 'KEEL_DUPLICATE_PLUGIN  @keelson/dns-cache is added twice\n    listed at distribution standard and at distribution acme\n    add it once; to change its configuration use "configure"'],
    ['presets that disagree', acme({ extends: [preset, defineDistribution({ name: 'other', version: '1.0.0', plugins: [use(cache, { size: 9 })] })] }), 'acme extends two distributions that list it differently: distribution standard and distribution other'],
    ['removing what is not there', acme({ remove: ['@keelson/dns-cash'] }), 'KEEL_UNKNOWN_PLUGIN  @keelson/dns-cash is in "remove" but not in the distribution\n    at distribution acme\n    did you mean "@keelson/dns-cache"?'],
    ['configuring what was removed', acme({ remove: ['@keelson/dns-cache'], configure: [use(cache, {})] }), 'at distribution acme; it was removed (distribution acme)'],
    ['a replacement that gives less', acme({ replace: { '@keelson/controller-endpointslice': plugin('@acme/less') } }), 'KEEL_REPLACE_INCOMPLETE  @acme/less does not provide keelson.net.endpoints\n    it replaces @keelson/controller-endpointslice, which does'],
    ['a failure policy for nobody', acme({ onFailure: { '@acme/none': 'restart' } }), 'KEEL_UNKNOWN_PLUGIN  @acme/none is in "onFailure"'],
    ['an import that was undefined', acme({ plugins: [undefined as never] }), 'KEEL_BAD_DISTRIBUTION  distribution acme lists undefined where a plugin is due'],
    ['an unknown field', acme({ onFailures: {} } as never), 'KEEL_BAD_DISTRIBUTION  distribution acme has an unknown field "onFailures"\n    did you mean "onFailure"?'],
    ['a field of the wrong type', acme({ plugins: { a: cache } as never }), 'KEEL_BAD_DISTRIBUTION  distribution acme has a field "plugins" that is not a list'],
    ['a version that is none', acme({ version: '1' }), 'KEEL_BAD_DISTRIBUTION  distribution acme has the version "1", which is not a semantic version\n    write three numbers, for example 1.0.0'],
    ['what nobody takes any more', defineDistribution({ name: 'acme', version: '1.0.0', extends: [defineDistribution({ name: 'whole', version: '1.0.0', plugins: [runner, filler] })], remove: ['@keelson/runner'] }), 'KEEL_MISSING_PROVIDER  keelson.controllers has nobody who takes from it, but a plugin that fills it\n    @keelson/runner, which did, was removed (distribution acme)\n    without it would do nothing: @acme/filler\n    keep @keelson/runner, replace it, or remove these as well'],
  ])('reports %s', (_title, distribution, expected) => {
    expect(problemsOf(distribution)).toContain(expected);
  });

  it('says a problem once that comes by two ways', () => {
    const bad = defineDistribution({ name: 'bad', version: '1.0.0', plugins: [cache, cache] });
    const [left, right] = ['left', 'right'].map((name) => defineDistribution({ name, version: '1.0.0', extends: [bad] })) as [Distribution, Distribution];
    expect(resolveDistribution(acme({ extends: [left, right] })).problems).toHaveLength(1);
    expect(resolveDistribution(acme({ extends: [], plugins: [cache, cache, cache] })).problems).toHaveLength(1);
  });

  it('points at the line of a wrong field, and is content when those who fill go with who takes', () => {
    const text = 'export default defineDistribution({\n  name: "acme",\n  verzion: "1",\n});\n';
    expect(problemsOf(acme({ verzion: '1' } as never), text)).toContain('distribution.ts:3 has an unknown field "verzion"');
    expect(resolveDistribution(acme({ extends: [], plugins: [runner, filler] })).problems).toEqual([]);
    expect(resolveDistribution(acme({ extends: [defineDistribution({ name: 'whole', version: '1.0.0', plugins: [runner, filler] })], remove: ['@keelson/runner', '@acme/filler'] })).problems).toEqual([]);
  });

  it('types configurations by the plugin', () => {
    const typed = { ...cache } as unknown as import('@keelson/sdk').Plugin<{ readonly maxTtl: number; readonly deep: { readonly a: string; readonly b: string } }>;
    use(typed, { maxTtl: 1, deep: { a: 'x' } });
    // @ts-expect-error -- a wrong key fails in the editor
    use(typed, { maxTTL: 1 });
    // @ts-expect-error -- and so does a wrong type
    use(typed, { maxTtl: '1' });
    expect(use(typed).config).toBeUndefined();
  });
});
