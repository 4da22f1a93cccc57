import { ApiClient, ApiTransports, Clock, extensionPoint, live, optional, token, type Plugin, type PluginInstance } from '@keelson/sdk';
import { ContainerModule, inject, injectable } from 'inversify';
import { z } from 'zod';
import { ConfigurationError, createHost, scopedService, type HostOptions } from './index.ts';
import { hostOf, plugin } from './testdata/fixtures.ts';

const Ledger = token<{ readonly id: number }>('test.ledger');
const Endpoints = token<object>('keelson.net.endpoints');
const Handlers = extensionPoint<{ readonly name?: string }>('keelson.dns.handlers', { ordered: true });
const Driver = extensionPoint<object>('keelson.storage.drivers', { cardinality: 'exactly-one' });

/** What configuring throws, as the user reads it. */
function problemsOf(plugins: readonly Plugin[], options: Partial<HostOptions> = {}): string {
  const { host } = hostOf(plugins, { title: 'distribution acme-edge', ...options });
  try {
    host.configure();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'no problem';
}

describe('configuration problems', () => {
  it('reports everything at once, with code, place, cause and remedy', () => {
    const handler = (name: string) => plugin(`@acme/keelson-dns-${name}`, { kind: 'dns', setup: () => [Handlers.with({ name })] });
    const router = plugin('@keelson/ingress-host-router', { requires: { endpoints: Endpoints } });
    const slices = plugin('@keelson/controller-endpointslice', { provides: [Endpoints] });
    const ptp = plugin('@acme/keelson-cni-ptp', { config: z.strictObject({ mtu: z.int().min(1280).default(1500) }) });
    const host = createHost({
      title: 'distribution acme-edge',
      plugins: [{ use: router, config: undefined }, { use: ptp, config: { mtu: 900, mtuu: 1 } }, { use: handler('hosts'), config: {} }, { use: handler('rewrite'), config: {} }],
      order: { [Handlers.key]: { names: ['hosts'], place: 'distribution.ts:12' } },
      absent: [{ plugin: slices, why: 'was removed (distribution.ts:8)' }],
      log: hostLog(),
      clock: hostOf([]).clock,
    });
    expect(() => host.configure()).toThrow(
      [
        'distribution acme-edge: 4 problems',
        'KEEL_BAD_CONFIG  @acme/keelson-cni-ptp  mtu: expected at least 1280, got 900',
        'KEEL_BAD_CONFIG  @acme/keelson-cni-ptp  mtuu: unknown key',
        '    did you mean "mtu"?',
        'KEEL_MISSING_PROVIDER  @keelson/ingress-host-router requires keelson.net.endpoints',
        '    nobody provides it: @keelson/controller-endpointslice was removed (distribution.ts:8)',
        '    add it back, or remove @keelson/ingress-host-router',
        'KEEL_ORDER_INCOMPLETE  keelson.dns.handlers does not place "rewrite" (@acme/keelson-dns-rewrite)',
        '    put it at its place in the order of keelson.dns.handlers (distribution.ts:12)',
      ].join('\n'),
    );
  });

  it('names the whole way round a cycle', () => {
    const A = token<number>('test.a');
    const B = token<number>('test.b');
    const a = plugin('a', { requires: { b: B }, provides: [A], setup: () => [A.provide(1)] });
    const b = plugin('b', { requires: { a: A }, provides: [B], setup: () => [B.provide(1)] });
    const behind = plugin('behind', { requires: { a: A } });
    expect(problemsOf([a, b, behind])).toBe(
      ['distribution acme-edge: 1 problem', 'KEEL_CYCLE  a waits for itself through b', '    a requires test.b from b', '    b requires test.a from a', '    split one of them, so that what both need is a plugin of its own'].join('\n'),
    );
  });

  it('finds a cycle that only the contributions close, and says how live() opens it', () => {
    const server = (handlers: typeof Handlers) => plugin('server', { requires: { handlers }, provides: [Ledger], setup: () => [Ledger.provide({ id: 1 })] });
    const handler = plugin('handler', { kind: 'dns', requires: { ledger: Ledger }, setup: () => [Handlers.with({ name: 'h' })] });
    expect(problemsOf([server(Handlers), handler])).toContain('require live(keelson.dns.handlers) instead');
    expect(problemsOf([server(live(Handlers) as never), handler])).toBe('no problem');
  });

  it.each<[string, Plugin[], Partial<HostOptions>, string]>([
    ['a plugin listed twice', [plugin('a'), plugin('a')], {}, 'KEEL_DUPLICATE_PLUGIN  a is listed twice'],
    ['two providers', ['a', 'b'].map((name) => plugin(name, { provides: [Ledger], setup: () => [Ledger.provide({ id: 1 })] })), {}, 'KEEL_DUPLICATE_PROVIDER  b provides test.ledger\n    a provides it too\n    remove b or a'],
    ['a provider of what the host gives', [plugin('a', { provides: [Clock], setup: () => [Clock.provide({} as Clock)] })], { provisions: [Clock.provide({} as Clock)] }, 'the host itself provides it too'],
    ['no contribution to an exactly-one point', [], { points: [Driver] }, 'KEEL_CARDINALITY  keelson.storage.drivers needs exactly one contribution, there is none'],
    ['two contributions to an exactly-one point', ['a', 'b'].map((name) => plugin(name, { kind: 'storage', setup: () => [Driver.with({})] })), { points: [Driver] }, 'from "a" (a), "b" (b)'],
    ['an order that names nobody', [plugin('a', { kind: 'dns', setup: () => [Handlers.with({ name: 'hosts' })] })], { order: { [Handlers.key]: ['hsots', 'hosts'] } }, 'KEEL_ORDER_UNKNOWN  keelson.dns.handlers orders "hsots", which nobody contributes\n    did you mean "hosts"?'],
    ['two names alike in an ordered point', ['a', 'b'].map((name) => plugin(name, { kind: 'dns', setup: () => [Handlers.with({ name: 'same' })] })), { order: { [Handlers.key]: ['same'] } }, 'KEEL_ORDER_AMBIGUOUS  keelson.dns.handlers has two contributions named "same"'],
    ['no order for two in an ordered point', ['a', 'b'].map((name) => plugin(name, { kind: 'dns', setup: () => [Handlers.with({ name })] })), { points: [Handlers] }, 'add an order for the point, for example ["a","b"]'],
    ['a configuration for a plugin without one', [plugin('a')], { plugins: [{ use: plugin('a'), config: { x: 1 } }] }, 'KEEL_BAD_CONFIG  a  takes no configuration'],
    ['a manifest without its fields', [{ name: 'Bad Name', setup: 1 } as unknown as Plugin], {}, 'KEEL_BAD_MANIFEST  Bad Name name must be an npm package name'],
    ['something that is no plugin', [undefined as unknown as Plugin], {}, 'KEEL_BAD_MANIFEST  distribution lists a undefined where a plugin is due'],
    ['an asynchronous setup', [plugin('a', { setup: (async () => []) as never })], {}, 'KEEL_BAD_MANIFEST  a setup must be synchronous: move what waits into start'],
    ['a setup that throws', [plugin('a', { setup: () => { throw new Error('boom'); } })], {}, 'KEEL_SETUP_FAILED  a failed in setup: boom'],
    ['a provision that the manifest hides', [plugin('a', { setup: () => [Ledger.provide({ id: 1 })] })], {}, 'setup gives test.ledger, which "provides" does not list'],
    ['a provision that the manifest promises', [plugin('a', { provides: [Ledger] })], {}, '"provides" lists test.ledger, but setup does not give it'],
    ['a contribution out of kind', [plugin('a', { setup: () => [Handlers.with({})] })], {}, 'setup contributes to keelson.dns.handlers, which neither its kind "extension" implies nor "provides" lists'],
    ['a missing source of a scoped service', [plugin('a', { requires: { api: ApiClient } })], { scoped: [scopedService(ApiClient, [ApiTransports], () => ({}) as ApiClient)] }, 'KEEL_MISSING_PROVIDER  a requires keelson.api.client, which is made from keelson.api.transports'],
  ])('reports %s', (_title, plugins, options, expected) => {
    expect(problemsOf(plugins, options)).toContain(expected);
  });

  it('passes over names of an inherited order that nobody contributes', () => {
    const hosts = plugin('a', { kind: 'dns', setup: () => [Handlers.with({ name: 'hosts' })] });
    expect(problemsOf([hosts], { order: { [Handlers.key]: { names: ['cache', 'hosts'], inherited: true } } })).toBe('no problem');
  });

  it('does not show values of keys that look secret', () => {
    const secretive = plugin('a', { config: z.strictObject({ bearerToken: z.int() }) });
    const text = problemsOf([], { plugins: [{ use: secretive, config: { bearerToken: 'hunter2' } }] });
    expect(text).toContain('bearerToken: expected number, got a string');
    expect(text).not.toContain('hunter2');
  });
});

describe('wiring', () => {
  it('gives every plugin its own scoped services, made from what others provide', () => {
    const made: string[] = [];
    const got: string[] = [];
    const server = plugin('z-server', { provides: [ApiTransports], setup: () => [ApiTransports.provide({ forPlugin: (name) => ({ name }) as never })] });
    const user = (name: string) => plugin(name, { requires: { api: ApiClient }, setup: ({ api }) => { got.push((api as unknown as { id: string }).id); return []; } });
    const scoped = scopedService(ApiClient, [ApiTransports], (owner, [transports]) => {
      made.push(owner.name);
      return { id: (transports.forPlugin(owner.name) as unknown as { name: string }).name } as unknown as ApiClient;
    });
    const { host } = hostOf([user('a'), user('b'), server], { scoped: [scoped] });
    host.configure();
    expect(got).toEqual(['a', 'b']);
    expect(made).toEqual(['a', 'b']);
    expect(host.status().map(({ name }) => name)).toEqual(['z-server', 'a', 'b']);
    expect(host.status()[1]!.edges).toEqual([{ to: 'z-server', kind: 'token', via: 'keelson.api.client' }]);
  });

  it('gives the origin of a contribution a client of its own even if its plugin did not ask for one', async () => {
    const server = plugin('server', { provides: [ApiTransports], setup: () => [ApiTransports.provide({} as never)] });
    const giver = plugin('giver', { kind: 'dns', setup: () => [Handlers.with({ name: 'h' })] });
    let made = 0;
    const client = (owner: Plugin): ApiClient => {
      made += 1;
      return { owner: owner.name } as unknown as ApiClient;
    };
    const { host } = hostOf([giver, server], { scoped: [scopedService(ApiClient, [ApiTransports], client)] });
    await host.start();
    const { origin } = host.contributions(Handlers).entries[0]!;
    expect(origin.api).toEqual({ owner: 'giver' });
    expect(origin.api).toBe(origin.api);
    expect(made).toBe(1);
    await host.stop();
  });

  it('resolves a decorated class that setup names', async () => {
    const log: string[] = [];
    class Worker implements PluginInstance {
      constructor(readonly ledger: { readonly id: number }) {}
      start(): void {
        log.push(`started with ${this.ledger.id}`);
      }
    }
    injectable()(Worker);
    inject(Ledger.key)(Worker, undefined, 0);
    const worker = plugin('worker', { requires: { ledger: Ledger }, setup: () => Worker });
    const { host } = hostOf([worker], { provisions: [Ledger.provide({ id: 7 })] });
    await host.start();
    expect(log).toEqual(['started with 7']);
    await host.stop();
  });

  it("loads a plugin's own module into its child container only", () => {
    const Inner = token<string>('test.inner');
    let got: string | undefined;
    const bindings = new ContainerModule(({ bind }) => {
      bind<string>(Inner.key).toResolvedValue((ledger: { readonly id: number }) => `inner of ${ledger.id}`, [Ledger.key] as never);
    });
    const owner = plugin('owner', { bindings, requires: { inner: Inner, ledger: Ledger }, setup: ({ inner }) => { got = inner; return []; } });
    const stranger = plugin('stranger', { requires: { inner: optional(Inner) }, setup: ({ inner }) => { expect(inner).toBeUndefined(); return []; } });
    hostOf([owner, stranger], { provisions: [Ledger.provide({ id: 7 })] }).host.configure();
    expect(got).toBe('inner of 7');
  });

  it('establishes the kinds of a plugin before its start, after what that needs is there', async () => {
    const log: string[] = [];
    const server = plugin('z-server', { provides: [ApiTransports], setup: () => ({ provides: [ApiTransports.provide({} as never)], start: () => void log.push('server') }) });
    const owner = plugin('a-owner', { crds: [{ group: 'example.org', plural: 'gadgets' } as never], setup: () => ({ start: () => void log.push('owner') }) });
    const { host } = hostOf([owner, server], { establish: { from: [ApiTransports], run: async ({ name }, [transports]) => void log.push(`establish for ${name}: ${typeof transports}`) } });
    await host.start();
    expect(log).toEqual(['server', 'establish for a-owner: object', 'owner']);
    await host.stop();
  });
});

function hostLog(): HostOptions['log'] {
  const log: HostOptions['log'] = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined, child: () => log };
  return log;
}
