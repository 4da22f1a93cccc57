import { ApiClient, extensionPoint, token } from '@keelson/sdk';
import { type ConfigurationError } from '@keelson/kernel/host';
import { z } from 'zod';
import { defineDistribution, use } from './definition.ts';
import { explain } from './explain.ts';
import { graph } from './graph.ts';
import { inspect } from './inspect.ts';
import { resolveDistribution } from './resolve.ts';
import { plugin } from './testdata/fixtures.ts';

const Endpoints = token<object>('keelson.net.endpoints');
const Handlers = extensionPoint<{ readonly name: string }>('keelson.dns.handlers', { ordered: true });
const slices = plugin('@keelson/controller-endpointslice', { requires: { api: ApiClient }, provides: [Endpoints], setup: () => [Endpoints.provide({})] });
const cache = plugin('@keelson/dns-cache', { kind: 'dns', config: z.strictObject({ maxTtl: z.int().default(30) }), setup: () => [Handlers.with({ name: 'cache' })] });
const server = plugin('@keelson/dns-server', { kind: 'dns', summary: 'serves names', requires: { handlers: Handlers, endpoints: Endpoints } });
const acme = defineDistribution({ name: 'acme', version: '2.3.0', plugins: [server, use(cache, { maxTtl: 10 }), slices], order: { 'keelson.dns.handlers': ['cache'] } });

describe('inspect', () => {
  it('wires everything without starting, with services that nobody may use in setup', () => {
    expect(inspect(resolveDistribution(acme)).plugins.map(({ name }) => name)).toEqual(['@keelson/controller-endpointslice', '@keelson/dns-cache', '@keelson/dns-server']);
    const hasty = plugin('hasty', { requires: { api: ApiClient }, setup: ({ api }: { readonly api: ApiClient }) => { void api.list({} as never); return []; } });
    expect(() => inspect(resolveDistribution({ ...acme, plugins: [hasty], order: {} }))).toThrow('KEEL_SETUP_FAILED  hasty failed in setup: keelson.api.client.list was called in setup, which must only build objects');
  });

  it('reports problems of the composition and of the wiring together', () => {
    const broken = resolveDistribution({ ...acme, plugins: [server, use(cache, { maxTtl: 'x' as never })], remove: ['@acme/none'] });
    try {
      inspect(broken);
      throw new Error('nothing was reported');
    } catch (error) {
      expect((error as ConfigurationError).problems.map(({ code }) => code)).toEqual(['KEEL_UNKNOWN_PLUGIN', 'KEEL_BAD_CONFIG', 'KEEL_MISSING_PROVIDER']);
    }
  });
});

it('refuses an order of a point that nobody has, and knows the points of the kernel', () => {
  expect(() => inspect(resolveDistribution({ ...acme, order: { ...acme.order, 'keelson.dns.handler': [] } }))).toThrow('KEEL_ORDER_UNKNOWN  keelson.dns.handler is ordered, but is no extension point of this distribution\n    ordered at distribution acme\n    did you mean "keelson.dns.handlers"?');
  expect(() => inspect(resolveDistribution({ ...acme, order: { ...acme.order, 'keelson.admission.handlers': [] } }))).not.toThrow();
});

it('explains why a plugin is there and what it is connected with', () => {
  const inspection = inspect(resolveDistribution(acme));
  expect(explain(inspection, 'dns-server')).toBe(
    ['@keelson/dns-server 1.0.0', '  serves names', 'why', '  acme lists it (distribution acme)', 'starts after', '  @keelson/controller-endpointslice  (keelson.net.endpoints)', '  @keelson/dns-cache  (keelson.dns.handlers)', 'configuration', '  defaults', 'on failure', '  default of its kind'].join('\n'),
  );
  expect(explain(inspection, '@keelson/dns-cache')).toContain('needed by\n  @keelson/dns-server  (keelson.dns.handlers)');
  expect(() => explain(inspection, 'dns-sever')).toThrow('dns-sever is not in distribution acme: did you mean dns-server?');
});

it('prints the graph as text, JSON and dot', () => {
  const inspection = inspect(resolveDistribution(acme));
  expect(graph(inspection, 'text')).toBe(
    ['acme 2.3.0: 3 plugins', ' 1  @keelson/controller-endpointslice', ' 1  @keelson/dns-cache', ' 2  @keelson/dns-server                after @keelson/controller-endpointslice, @keelson/dns-cache'].join('\n'),
  );
  expect(JSON.parse(graph(inspection, 'json'))).toMatchObject({ distribution: 'acme', plugins: [{}, { fills: ['keelson.dns.handlers'] }, { startsAfter: [{ via: 'keelson.net.endpoints' }, { via: 'keelson.dns.handlers' }] }] });
  expect(graph(inspection, 'dot')).toContain('"@keelson/dns-server" -> "@keelson/dns-cache" [label="keelson.dns.handlers", style=dashed];');
});
