import { Node, Secret, Service } from '@keelson/api/core/v1';
import { EndpointSlice } from '@keelson/api/discovery/v1';
import { Ingress, IngressClass } from '@keelson/api/networking/v1';
import { newObject } from '@keelson/client';
import { IngressProxies, type IngressDelta, type IngressProxy, type IngressRouting } from '@keelson/sdk/ingress';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

class RecordingProxy implements IngressProxy {
  readonly name = 'built-in';
  readonly controller = 'keelson.dev/ingress-built-in';
  readonly deltas: IngressDelta[] = [];
  routing: IngressRouting | undefined;
  fault: string | undefined;
  program(routing: IngressRouting, delta: IngressDelta): Promise<void> {
    if (this.fault !== undefined) return Promise.reject(new Error(this.fault));
    this.routing = routing;
    this.deltas.push(delta);
    return Promise.resolve();
  }
  addresses() {
    return [{ ip: '192.0.2.1' }];
  }
}

const at = { namespace: 'team' };
type Paths = readonly (readonly [path: string, pathType: 'Exact' | 'Prefix' | 'ImplementationSpecific', service: string, port: string | number])[];

const backendOf = (name: string, port: string | number) => ({ service: { name, port: typeof port === 'number' ? { number: port } : { name: port } } });
const ingress = (name: string, rules: Readonly<Record<string, Paths>>, more: object = {}) =>
  newObject(Ingress, {
    metadata: { ...at, name },
    spec: {
      ingressClassName: 'built-in',
      rules: Object.entries(rules).map(([host, paths]) => ({ ...(host === '' ? {} : { host }), http: { paths: paths.map(([path, pathType, service, port]) => ({ path, pathType, backend: backendOf(service, port) })) } })),
      ...more,
    } as never,
  });
const service = (name: string, spec: object = {}) => newObject(Service, { metadata: { ...at, name }, spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' as never }], ...spec } });
const slice = (name: string, of: string, ready: Readonly<Record<string, boolean>>) =>
  newObject(EndpointSlice, {
    metadata: { ...at, name, labels: { 'kubernetes.io/service-name': of } }, addressType: 'IPv4', ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: Object.entries(ready).map(([address, isReady]) => ({ addresses: [address], conditions: { ready: isReady } })),
  });

async function world(config: object = {}) {
  const proxy = new RecordingProxy();
  const cluster = await pluginCluster();
  await cluster.namespace('team');
  const given = [{ provisionOf: IngressProxies.key, value: { values: [proxy], entries: [], [Symbol.iterator]: () => [proxy][Symbol.iterator](), onChange: () => () => undefined } }];
  const start = () => cluster.start({ plugin, config, given });
  /** Host and path, match, backend and its endpoints. */
  const routes = (): readonly string[] =>
    [...proxy.routing!.hosts.values()].flatMap(({ host, paths }) => paths.map(({ path, match, backend, ingress: from }) => `${host}${path} ${match} ${backend === undefined ? 'none' : `${backend.key} [${backend.endpoints.map(({ address, port }) => `${address}:${port}`).join(' ')}]`} by ${from}`));
  return { ...cluster, proxy, begin: start, routes };
}

test('rules, services and ready endpoints become a routing, in order of precedence', async () => {
  const { admin, begin, routes, settle, stop } = await world();
  await admin.create(service('web'));
  await admin.create(service('api'));
  await admin.create(slice('web-1', 'web', { '10.0.0.2': true, '10.0.0.1': true, '10.0.0.3': false }));
  await admin.create(ingress('shop', { 'shop.example.org': [['/', 'Prefix', 'web', 'http'], ['/api', 'Prefix', 'api', 80], ['/api', 'Exact', 'web', 80], ['/api/v1/', 'ImplementationSpecific', 'gone', 80], ['/p', 'Prefix', 'web', 'metrics']] }));
  await begin();
  await settle();
  expect(routes()).toEqual([
    'shop.example.org/api exact team/web:80 [10.0.0.1:8080 10.0.0.2:8080] by team/shop',
    'shop.example.org/api/v1/ prefix none by team/shop',
    'shop.example.org/api prefix team/api:80 [] by team/shop',
    'shop.example.org/p prefix none by team/shop',
    'shop.example.org/ prefix team/web:http [10.0.0.1:8080 10.0.0.2:8080] by team/shop',
  ]);
  await admin.create(slice('api-1', 'api', { '10.0.1.1': true }));
  await settle();
  expect(routes()[2]).toBe('shop.example.org/api prefix team/api:80 [10.0.1.1:8080] by team/shop');
  await admin.delete({ kind: EndpointSlice, ref: { ...at, name: 'web-1' } });
  await admin.delete({ kind: Service, ref: { ...at, name: 'api' } });
  await settle();
  expect(routes().filter((route) => route.includes('/web:') && !route.includes('[]'))).toEqual([]);
  expect(routes()[2]).toBe('shop.example.org/api prefix none by team/shop');
  await admin.delete({ kind: Ingress, ref: { ...at, name: 'shop' } });
  await settle();
  expect(routes()).toEqual([]);
  await stop();
});

test('of two that claim the same path the older has it, and the younger when that is gone', async () => {
  const { admin, begin, clock, routes, settle, stop } = await world();
  for (const name of ['a', 'b']) await admin.create(service(name));
  await admin.create(ingress('old', { 'a.test': [['/x', 'Prefix', 'a', 80]] }));
  await clock.advance(2000);
  await admin.create(ingress('an-earlier-name', { 'a.test': [['/x/', 'Prefix', 'b', 80], ['/y', 'Exact', 'b', 80]] }));
  await begin();
  await settle();
  expect(routes()).toEqual(['a.test/y exact team/b:80 [] by team/an-earlier-name', 'a.test/x prefix team/a:80 [] by team/old']);
  await admin.delete({ kind: Ingress, ref: { ...at, name: 'old' } });
  await settle();
  expect(routes()).toEqual(['a.test/y exact team/b:80 [] by team/an-earlier-name', 'a.test/x/ prefix team/b:80 [] by team/an-earlier-name']);
  await stop();
});

test('default backends: of an ingress for its hosts, of one without rules for everything', async () => {
  const { admin, begin, proxy, routes, settle, stop } = await world();
  for (const name of ['a', 'b']) await admin.create(service(name));
  await admin.create(service('outside', { type: 'ExternalName', externalName: 'example.net', selector: undefined }));
  await admin.create(ingress('ruled', { 'a.test': [['/x', 'Exact', 'a', 80]] }, { defaultBackend: backendOf('b', 'http') }));
  await begin();
  await settle();
  expect(routes()).toEqual(['a.test/x exact team/a:80 [] by team/ruled', 'a.test/ prefix team/b:http [] by team/ruled']);
  await admin.delete({ kind: Ingress, ref: { ...at, name: 'ruled' } });
  await admin.create(ingress('bare', {}, { rules: undefined, defaultBackend: backendOf('outside', 80) }));
  await settle();
  expect(routes()).toEqual([]);
  expect(proxy.routing!.defaultBackend).toEqual({ key: 'team/outside:80', endpoints: [{ address: 'example.net', port: 80 }] });
  await stop();
});

test('only ingresses of its classes are routed, and say where they are served', async () => {
  const { admin, begin, routes, settle, stop } = await world();
  await admin.create(service('a'));
  await admin.create(newObject(Node, { metadata: { name: 'n' }, status: { addresses: [{ type: 'InternalIP', address: '192.0.2.7' }], conditions: [{ type: 'Ready', status: 'True' }] } as never }));
  await admin.create(newObject(IngressClass, { metadata: { name: 'other' }, spec: { controller: 'example.org/other' } }));
  await admin.create(newObject(IngressClass, { metadata: { name: 'mine' }, spec: { controller: 'keelson.dev/ingress-built-in' } }));
  await admin.create(ingress('theirs', { 'b.test': [['/', 'Prefix', 'a', 80]] }, { ingressClassName: 'other' }));
  await admin.create(ingress('renamed', { 'c.test': [['/', 'Prefix', 'a', 80]] }, { ingressClassName: 'mine' }));
  await admin.create(ingress('classless', { 'd.test': [['/', 'Prefix', 'a', 80]] }, { ingressClassName: undefined }));
  const old = ingress('annotated', { 'e.test': [['/', 'Prefix', 'a', 80]] }, { ingressClassName: undefined });
  await admin.create({ ...old, metadata: { ...old.metadata, annotations: { 'kubernetes.io/ingress.class': 'built-in' } } });
  await begin();
  await settle();
  expect(routes().map((route) => route.split('/')[0]).sort()).toEqual(['c.test', 'e.test']);
  const made = await admin.get(IngressClass, { name: 'built-in' });
  expect(made).toMatchObject({ spec: { controller: 'keelson.dev/ingress-built-in' }, metadata: { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } } });
  const statusOf = async (name: string) => (await admin.get(Ingress, { ...at, name }))!.status?.loadBalancer?.ingress;
  expect([await statusOf('renamed'), await statusOf('theirs')]).toEqual([[{ ip: '192.0.2.1' }], undefined]);
  await admin.patch(Ingress, { ...at, name: 'renamed' }, { type: 'merge', body: { spec: { ingressClassName: 'other' } } });
  await settle();
  expect(routes().map((route) => route.split('/')[0])).toEqual(['e.test']);
  expect(await statusOf('renamed') ?? []).toEqual([]);
  await stop();
});

test('certificates come from TLS secrets of the same namespace, as soon as they are whole', async () => {
  const { admin, begin, proxy, settle, stop } = await world();
  await admin.create(service('a'));
  await admin.create(ingress('tls', { 'a.test': [['/', 'Prefix', 'a', 80]] }, { tls: [{ hosts: ['a.test'], secretName: 'pair' }] }));
  await begin();
  await settle();
  expect(proxy.routing!.certificates).toEqual([]);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  await admin.create(newObject(Secret, { metadata: { ...at, name: 'pair' }, type: 'kubernetes.io/tls', data: { 'tls.crt': base64('C'), 'tls.key': base64('K') } }));
  await settle();
  expect(proxy.routing!.certificates).toEqual([{ secret: 'team/pair', certificate: 'C', key: 'K', hosts: ['a.test'] }]);
  await admin.delete({ kind: Secret, ref: { ...at, name: 'pair' } });
  await settle();
  expect(proxy.routing!.certificates).toEqual([]);
  await stop();
});

test('a proxy whose call fails is asked again, with all that changed, and keeps the routing before', async () => {
  const { admin, begin, clock, proxy, routes, settle, stop } = await world();
  await admin.create(service('a'));
  await begin();
  await settle();
  proxy.fault = 'no';
  await admin.create(ingress('one', { 'a.test': [['/', 'Prefix', 'a', 80]] }));
  await settle();
  await admin.create(ingress('two', { 'b.test': [['/', 'Prefix', 'a', 80]] }));
  await settle();
  expect(routes()).toEqual([]);
  proxy.fault = undefined;
  await clock.advance(60_000);
  expect(routes()).toHaveLength(2);
  expect([...proxy.deltas.at(-1)!.changed].sort()).toEqual(['team/one', 'team/two']);
  await stop();
});

test('what did not change stays the same object, so that a proxy can tell', async () => {
  const { admin, begin, proxy, settle, stop } = await world();
  await admin.create(service('a'));
  await admin.create(ingress('one', { 'a.test': [['/', 'Prefix', 'a', 80]] }));
  await admin.create(ingress('two', { 'b.test': [['/', 'Prefix', 'a', 80]] }));
  await begin();
  await settle();
  const before = proxy.routing!;
  await admin.patch(Ingress, { ...at, name: 'two' }, { type: 'merge', body: { spec: { rules: [{ host: 'c.test', http: { paths: [{ path: '/', pathType: 'Prefix', backend: backendOf('a', 80) }] } }] } } });
  await settle();
  expect(proxy.routing!.hosts.get('a.test')).toBe(before.hosts.get('a.test'));
  expect([...proxy.routing!.hosts.keys()].sort()).toEqual(['a.test', 'c.test']);
  await stop();
});
