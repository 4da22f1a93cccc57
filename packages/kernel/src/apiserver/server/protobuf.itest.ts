import type { TLSSocket } from 'node:tls';
import { decode, decodeWatchFrame, encode } from '@keelson/api/protobuf';
import type { Contributions } from '@keelson/sdk';
import type { Authenticator } from '@keelson/sdk/auth';
import { expired } from '../api-errors.ts';
import type { ApiRequest } from '../request.ts';
import { testServer } from '../testdata/test-server.ts';
import type { HttpExchange, ResponseHeaders, ResponseStream } from './http-exchange.ts';
import { HttpServer } from './http-server.ts';
import { PathEndpoints } from './path-endpoints.ts';
import { watchFormat } from './watch-format.ts';

type Any = any;

const protobuf = 'application/vnd.kubernetes.protobuf';
const preferred = `${protobuf},application/json`;

const administrator: Authenticator = { name: 'test', authenticate: () => ({ name: 'admin', groups: ['system:masters'] }) };
const authenticators: Contributions<Authenticator> = {
  values: [administrator], entries: [{ name: 'test', value: administrator }] as never, onChange: () => () => undefined, [Symbol.iterator]: () => [administrator][Symbol.iterator](),
};

interface Answer {
  readonly code: number;
  readonly headers: ResponseHeaders;
  body: Buffer;
}

/** One request with its answer as it would go over the wire; a stream collects what is written. */
function exchange(http: HttpServer, method: string, url: string, options: { accept?: string; type?: string; body?: Uint8Array } = {}): Promise<Answer> {
  return new Promise((resolve) => {
    const headers: Record<string, string | undefined> = { accept: options.accept, 'content-type': options.type };
    let answered = false;
    const answer = (code: number, given: ResponseHeaders, body: Buffer): Answer => {
      answered = true;
      const made = { code, headers: given, body };
      resolve(made);
      return made;
    };
    const one: HttpExchange = {
      method, url, socket: { getPeerCertificate: () => ({}) } as unknown as TLSSocket,
      header: (name) => headers[name],
      headerPairs: () => Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
      body: async () => Buffer.from(options.body ?? []),
      send: (code, given, body) => void answer(code, given, Buffer.concat(body)),
      open: (code, given): ResponseStream => {
        const made = answer(code, given, Buffer.alloc(0));
        return { write: (chunk) => { made.body = Buffer.concat([made.body, chunk]); }, backlog: 0, end: () => undefined, onDrain: () => undefined, onClose: () => undefined };
      },
      get answered() {
        return answered;
      },
    };
    http.handle(one);
  });
}

function framesOf(stream: Buffer): { type: string; object: Any }[] {
  const events: { type: string; object: Any }[] = [];
  for (let next = decodeWatchFrame(stream); next !== undefined; next = decodeWatchFrame(next.rest)) events.push({ type: next.frame.type, object: decode(next.frame.object).object });
  return events;
}

async function serve() {
  const { server, api, clock } = await testServer({ authenticators });
  const http = new HttpServer(server, new PathEndpoints(server));
  const send = async (method: string, url: string, object: object, accept = preferred) => exchange(http, method, url, { accept, type: protobuf, body: encode(object) });
  const get = async (url: string, accept = preferred) => exchange(http, 'GET', url, { accept });
  return { server, api, clock, http, send, get };
}

const configMaps = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string, data: Record<string, string> = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

describe('protobuf over HTTP', () => {
  it('creates, reads, replaces and deletes objects', async () => {
    const { send, get } = await serve();
    const created = await send('POST', configMaps, configMap('a', { k: 'ü' }));
    expect([created.code, created.headers['content-type']]).toEqual([201, protobuf]);
    const object: Any = decode(created.body).object;
    expect(object).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default', uid: expect.any(String) }, data: { k: 'ü' } });
    const inJson = JSON.parse((await get(`${configMaps}/a`, 'application/json')).body.toString()) as Any;
    expect(object).toEqual(inJson);
    const replaced = await send('PUT', `${configMaps}/a`, { ...object, data: { k: '2' } });
    expect(decode(replaced.body).object).toMatchObject({ data: { k: '2' } });
    const kept = await send('DELETE', `${configMaps}/a`, { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: 'another' } });
    expect([kept.code, kept.headers['content-type']]).toEqual([409, 'application/json']);
    const deleted = await send('DELETE', `${configMaps}/a`, { apiVersion: 'v1', kind: 'DeleteOptions', dryRun: [] });
    expect(decode(deleted.body)).toMatchObject({ kind: 'Status', object: { status: 'Success' } });
    expect((await get(`${configMaps}/a`)).code).toBe(404);
  });

  it('defaults and validates what came as protobuf like what came as JSON', async () => {
    const { send, http } = await serve();
    const pod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 80 }], resources: { limits: { cpu: '0.5' } } }] } });
    const made: Any = decode((await send('POST', '/api/v1/namespaces/default/pods', pod('a'))).body).object;
    const plain = await exchange(http, 'POST', '/api/v1/namespaces/default/pods', { type: 'application/json', body: Buffer.from(JSON.stringify(pod('b'))) });
    const same = (object: Any) => ({ ...object.spec, status: object.status });
    expect(same(made)).toEqual(same(JSON.parse(plain.body.toString())));
    expect(made.spec.containers[0].resources).toEqual({ limits: { cpu: '500m' }, requests: { cpu: '500m' } });
    const bad = await send('POST', configMaps, configMap('Not Valid'));
    expect([bad.code, bad.headers['content-type']]).toEqual([422, 'application/json']);
  });

  it('takes bodies of subresources and reviews', async () => {
    const { send } = await serve();
    await send('POST', configMaps, configMap('a'));
    const me = await send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' });
    expect(decode(me.body).object).toMatchObject({ status: { userInfo: { username: 'admin' } } });
    const may = await send('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } });
    expect(decode(may.body).object).toMatchObject({ status: { allowed: true } });
    await send('POST', '/api/v1/namespaces/default/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x' }] } });
    const evicted = await send('POST', '/api/v1/namespaces/default/pods/p/eviction', { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p', namespace: 'default' }, deleteOptions: { gracePeriodSeconds: 0 } });
    expect([evicted.code, decode(evicted.body).object['status']]).toEqual([201, 'Success']);
    await send('POST', '/apis/apps/v1/namespaces/default/replicasets', { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'r' }, spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } } } });
    const scaled = await send('PUT', '/apis/apps/v1/namespaces/default/replicasets/r/scale', { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'r', namespace: 'default' }, spec: { replicas: 3 } });
    expect(decode(scaled.body).object).toMatchObject({ kind: 'Scale', spec: { replicas: 3 } });
  });

  it('answers 400 for damaged bodies and 415 where there is no such form', async () => {
    const { http, send } = await serve();
    const raw = async (body: Uint8Array) => exchange(http, 'POST', configMaps, { type: protobuf, body });
    expect((await raw(Buffer.from('{}  '))).body.toString()).toContain('expected prefix [107 56 115 0]');
    expect((await raw(encode(configMap('a')).subarray(0, 30))).code).toBe(400);
    const other = await send('POST', configMaps, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } });
    expect([other.code, other.body.toString()]).toEqual([400, expect.stringContaining('Secret in version')]);
    await send('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', {
      apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'things.example.org' },
      spec: { group: 'example.org', scope: 'Cluster', names: { plural: 'things', kind: 'Thing' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }] },
    });
    const custom = (type: string, body: Uint8Array) => exchange(http, 'POST', '/apis/example.org/v1/things', { accept: preferred, type, body });
    const refused = await custom(protobuf, encode(configMap('a')));
    expect([refused.code, refused.body.toString()]).toEqual([415, expect.stringMatching(/accepted media types include: application\/json, application\/yaml"/)]);
    const made = await custom('application/json', Buffer.from('{"apiVersion":"example.org/v1","kind":"Thing","metadata":{"name":"a"}}'));
    expect([made.code, made.headers['content-type']]).toEqual([201, 'application/json']);
    expect((await exchange(http, 'GET', '/apis/example.org/v1/things/a', { accept: protobuf })).code).toBe(406);
    const metadata = await exchange(http, 'GET', '/apis/example.org/v1/things', { accept: `${protobuf};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1` });
    expect(decode(metadata.body)).toMatchObject({ kind: 'PartialObjectMetadataList', object: { items: [{ metadata: { name: 'a' } }] } });
  });

  it('lists the same objects as in JSON, converted kinds too', async () => {
    const { send, get } = await serve();
    for (const name of ['a', 'b', 'c']) await send('POST', configMaps, configMap(name, { k: name }));
    await send('POST', '/api/v1/namespaces/default/events', { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, involvedObject: { namespace: 'default' }, reason: 'R', type: 'Normal', message: 'm' });
    for (const url of [configMaps, `${configMaps}?limit=2`, '/api/v1/namespaces/default/events', '/apis/events.k8s.io/v1/namespaces/default/events']) {
      const inJson = JSON.parse((await get(url, 'application/json')).body.toString()) as Any;
      for (const item of inJson.items) {
        // Items in protobuf have no kind of their own.
        delete item.apiVersion;
        delete item.kind;
      }
      const answer = await get(url);
      expect([answer.code, answer.headers['content-type']]).toEqual([200, protobuf]);
      expect(inJson.items.length).toBeGreaterThan(0);
      if (inJson.metadata.continue !== undefined) inJson.metadata.continue = expect.any(String);
      expect(decode(answer.body).object).toEqual(inJson);
    }
  });

  it('keeps what it encoded', async () => {
    const { server, send, get } = await serve();
    await send('POST', configMaps, configMap('a', { k: 'v' }));
    const { size } = server.context.messages;
    expect(size).toBeGreaterThan(0);
    const [one, two] = [await get(`${configMaps}/a`), await get(configMaps)];
    expect(server.context.messages.size).toBe(size);
    expect(two.body.length).toBeGreaterThan(one.body.length);
  });

  it('watches in frames: what was there, changes, bookmarks', async () => {
    const { send, get, api, clock } = await serve();
    await send('POST', configMaps, configMap('a', { k: '1' }));
    const watch = await get(`${configMaps}?watch=true&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`, `${protobuf};stream=watch,application/json;stream=watch`);
    expect(watch.headers['content-type']).toBe(`${protobuf};stream=watch`);
    await send('POST', configMaps, configMap('b'));
    await api.call({ group: '', version: 'v1', plural: 'configmaps', namespace: 'default', verb: 'delete', name: 'a' });
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(60_000);
    const events = framesOf(watch.body);
    expect(events.map(({ type, object }) => `${type} ${object.kind} ${object.metadata.name ?? ''}`)).toEqual(['ADDED ConfigMap a', 'BOOKMARK ConfigMap ', 'ADDED ConfigMap b', 'DELETED ConfigMap a', 'BOOKMARK ConfigMap ']);
    expect(events[1]?.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    expect(Number(events[3]?.object.metadata.resourceVersion)).toBeGreaterThan(Number(events[2]?.object.metadata.resourceVersion));
  });

  it('watches bare metadata in frames, and reports in a frame why a watch ends', async () => {
    const { server, send, get } = await serve();
    await send('POST', configMaps, configMap('a', { k: '1' }));
    const accept = `${protobuf};stream=watch;as=PartialObjectMetadata;g=meta.k8s.io;v=v1`;
    const metadata = await get(`${configMaps}?watch=true`, accept);
    expect(metadata.headers['content-type']).toBe(`${protobuf};stream=watch`);
    const [first] = framesOf(metadata.body);
    expect(first).toMatchObject({ type: 'ADDED', object: { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: { name: 'a' } } });
    expect(first?.object).not.toHaveProperty('data');
    const request = { resource: server.context.registry.find('', 'v1', 'configmaps'), query: { get: () => undefined } } as unknown as ApiRequest;
    for (const wanted of [accept, protobuf]) {
      const [ended] = framesOf(watchFormat(server.context, request, wanted, false).error(expired('too old resource version: 1 (2)').toStatus()));
      expect(ended).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version: 1 (2)' } });
    }
  });
});
