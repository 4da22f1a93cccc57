import { KeelsonProcess } from './keelson-process.ts';
import { RawClient } from './raw-client.ts';

jest.setTimeout(120_000);

const configMaps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const json = (value: unknown): string => JSON.stringify(value);
const deployment = (spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'x' }] } }, ...spec } });

describe('bad input', () => {
  let keelson: KeelsonProcess;
  let client: RawClient;

  beforeAll(async () => {
    keelson = await KeelsonProcess.start({ flags: ['--storage', 'memory'] });
    client = new RawClient(keelson.ready.kubeconfig);
  });
  afterAll(async () => {
    await keelson.destroy();
  });
  afterEach(async () => {
    expect((await client.send('GET', '/livez')).text).toBe('ok');
  });

  it.each([
    ['malformed JSON', 'POST', configMaps, '{"metadata":', {}, 400, /couldn't parse/],
    ['malformed YAML', 'POST', configMaps, 'a: [', { 'content-type': 'application/yaml' }, 400, /YAML/],
    ['a body that is no object', 'POST', configMaps, '[]', {}, 400, /cannot unmarshal/],
    ['an empty body', 'POST', configMaps, '', {}, 400, /empty/],
    ['another kind', 'POST', configMaps, json({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } }), {}, 400, /Secret/],
    ['another version', 'POST', configMaps, json({ apiVersion: 'v2', kind: 'ConfigMap', metadata: { name: 'a' } }), {}, 400, /API version/],
    ['a wrong type', 'POST', deployments, json(deployment({ replicas: 'three' })), {}, 400, /replicas/],
    ['an invalid name', 'POST', configMaps, json({ metadata: { name: 'Not_A_Name' } }), {}, 422, /lowercase RFC 1123 subdomain/],
    ['a negative number', 'POST', deployments, json(deployment({ replicas: -1 })), {}, 422, /spec.replicas/],
    ['an unknown field, strict', 'POST', `${deployments}?fieldValidation=Strict`, json(deployment({ bogus: 1 })), {}, 400, /unknown field \\?"spec.bogus/],
    ['a duplicate field, strict', 'POST', `${configMaps}?fieldValidation=Strict`, '{"metadata":{"name":"a"},"data":{"k":"1","k":"2"}}', {}, 400, /duplicate field \\?"data.k/],
    ['an unknown content type', 'POST', configMaps, 'x', { 'content-type': 'text/x' }, 415, /unknown format/],
    ['an unknown patch type', 'PATCH', `${configMaps}/a`, '{}', { 'content-type': 'application/json' }, 415, /unknown format/],
    ['an unacceptable answer', 'GET', configMaps, undefined, { accept: 'image/png' }, 406, /accepted/],
    ['a bad label selector', 'GET', `${configMaps}?labelSelector=a%20in%20(`, undefined, {}, 400, /unable to parse/],
    ['an unsupported field selector', 'GET', `${configMaps}?fieldSelector=data.k=1`, undefined, {}, 400, /is not a known field selector/],
    ['a bad resourceVersion', 'GET', `${configMaps}?resourceVersion=x`, undefined, {}, 400, /Invalid value/],
    ['a bad continue token', 'GET', `${configMaps}?continue=x&limit=1`, undefined, {}, 400, /continue key is not valid/],
    ['an unknown resource', 'GET', '/api/v1/bogus', undefined, {}, 404, /could not find/],
    ['an unknown group', 'GET', '/apis/bogus.example.org/v1/things', undefined, {}, 404, /could not find/],
    ['a wrong method', 'PUT', configMaps, '{}', {}, 405, /does not allow/],
    ['a bad dryRun', 'POST', `${configMaps}?dryRun=Some`, json({ metadata: { name: 'a' } }), {}, 422, /dryRun/],
  ] as const)('%s gets a Status', async (_what, method, path, body, headers, code, message) => {
    const answer = await client.send(method, path, { ...(body === undefined ? {} : { body }), headers });
    expect(answer.text).toMatch(message);
    expect(answer.code).toBe(code);
    expect(JSON.parse(answer.text)).toMatchObject({ kind: 'Status', status: 'Failure', code });
  });

  it('warns of unknown fields unless told otherwise', async () => {
    const warned = await client.send('POST', `${deployments}?dryRun=All`, { body: json(deployment({ bogus: 1 })) });
    expect(warned.code).toBe(201);
    expect(warned.headers['warning']).toContain('unknown field');
    const ignored = await client.send('POST', `${deployments}?dryRun=All&fieldValidation=Ignore`, { body: json(deployment({ bogus: 1 })) });
    expect(ignored.headers['warning']).toBeUndefined();
  });

  it('refuses bodies over 3 MiB, announced or not', async () => {
    const large = json({ metadata: { name: 'large' }, data: { k: 'x'.repeat(3 * 1024 * 1024) } });
    expect((await client.send('POST', configMaps, { body: large })).code).toBe(413);
    const chunked = await client.send('POST', configMaps, { body: large, headers: { 'transfer-encoding': 'chunked' } });
    expect(chunked.code).toBe(413);
  });

  it('lets nobody in without credentials, but tells its health and version', async () => {
    expect((await client.send('GET', configMaps, { anonymous: true })).code).toBe(403);
    expect((await client.send('POST', configMaps, { anonymous: true, body: json({ metadata: { name: 'x' } }) })).code).toBe(403);
    expect((await client.send('GET', configMaps, { anonymous: true, headers: { authorization: 'Bearer not-a-token' } })).code).toBe(401);
    expect((await client.send('GET', '/version', { anonymous: true })).code).toBe(200);
    expect((await client.send('GET', '/healthz', { anonymous: true })).text).toBe('ok');
  });

  it('survives requests that break off', async () => {
    for (const text of ['POST /api/v1', `POST ${configMaps} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"meta`, 'GARBAGE\r\n\r\n', '\0\0\0\0\0\0']) {
      const socket = await client.socket();
      socket.on('error', () => undefined);
      socket.write(text);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.resume();
      socket.end();
      await closed;
    }
  });

  it('carries hundreds of idle connections', async () => {
    const sockets = [];
    for (let batch = 0; batch < 4; batch++) sockets.push(...(await Promise.all(Array.from({ length: 100 }, () => client.socket()))));
    for (const socket of sockets) socket.on('error', () => undefined);
    const made = await client.send('POST', configMaps, { body: json({ metadata: { name: 'among-many' } }) });
    expect(made.code).toBe(201);
    for (const socket of sockets) socket.destroy();
  });
});
