import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { createServer as createHttp1, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Pod } from '@keelson/api/core/v1';
import { isStatus, StatusError, type ApiTransport, type WatchEvent, seededRandom } from '@keelson/sdk';
import type { KubeObject } from '@keelson/api';
import { registerContextManager } from '@keelson/telemetry';
import { apiClient } from '../api-client.ts';
import { newObject } from '../new-object.ts';
import { httpTransport, type HttpTransport, type HttpTransportOptions } from './http-transport.ts';
import { testCertificate } from './testdata/certificate.ts';
import { realClock } from './testdata/real-clock.ts';

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;
type Handler = (request: Request, response: Response, body: string) => void;

registerContextManager();

interface Running {
  readonly transport: HttpTransport;
  readonly sockets: Set<Socket>;
  readonly connections: () => number;
  close(): Promise<void>;
}

let certificate: { readonly cert: string; readonly key: string };
beforeAll(async () => {
  certificate = await testCertificate();
});

const running: Running[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()));
});

async function serve(protocol: 'h2' | 'https' | 'http', handler: Handler, options: Partial<HttpTransportOptions> = {}): Promise<Running> {
  const listener = (request: Request, response: Response): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => handler(request, response, Buffer.concat(chunks).toString()));
  };
  const server: Server | Http2SecureServer =
    protocol === 'http' ? createHttp1(listener) : protocol === 'https' ? createHttps(certificate, listener) : createSecureServer({ ...certificate, allowHTTP1: true }, listener);
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on(protocol === 'http' ? 'connection' : 'secureConnection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `${protocol === 'http' ? 'http' : 'https'}://127.0.0.1:${port}`;
  const transport = httpTransport({ server: url, token: 'secret', ...(protocol === 'http' ? {} : { ca: certificate.cert }) }, { clock: realClock, random: seededRandom('1'), ...options });
  const each: Running = {
    transport, sockets,
    connections: () => connections,
    close: async () => {
      transport.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  running.push(each);
  return each;
}

const json = (response: Response, status: number, body: unknown, headers: Record<string, string> = {}): void => {
  (response as ServerResponse).writeHead(status, { 'content-type': 'application/json', ...headers });
  (response as ServerResponse).end(JSON.stringify(body));
};

interface Seen {
  readonly events: WatchEvent<KubeObject>[];
  readonly ended: Promise<Error | undefined>;
  stop(): void;
}

function watch(transport: ApiTransport): Seen {
  const events: WatchEvent<KubeObject>[] = [];
  let stop = (): void => undefined;
  const ended = new Promise<Error | undefined>((resolve) => {
    const handle = transport.watch({ group: '', version: 'v1', plural: 'pods', namespace: 'a', query: { resourceVersion: '5' } }, { event: (event) => void events.push(event), end: resolve });
    stop = () => handle.stop();
  });
  return { events, ended, stop };
}

const until = async (test: () => boolean): Promise<void> => {
  for (let tries = 0; !test(); tries += 1) {
    if (tries > 400) throw new Error('did not happen');
    await realClock.sleep(5);
  }
};
const frame = (type: string, name: string, rv: number, more: object = {}) => `${JSON.stringify({ type, object: { kind: 'Pod', apiVersion: 'v1', metadata: { name, resourceVersion: String(rv) } }, ...more })}\n`;

describe.each(['h2', 'https', 'http'] as const)('over %s', (protocol) => {
  test('sends calls with path, query, body and token, and freezes answers', async () => {
    const requests: { line: string; type: string | undefined; auth: string | undefined; body: string; version: string }[] = [];
    const { transport } = await serve(protocol, (request, response, body) => {
      requests.push({ line: `${request.method} ${request.url}`, type: request.headers['content-type'], auth: request.headers.authorization, body, version: request.httpVersion });
      json(response, 200, { ...(body.startsWith('{') ? (JSON.parse(body) as object) : {}), metadata: { name: 'é', resourceVersion: '7' } });
    });
    const client = apiClient(transport);
    await client.create(newObject(Pod, { metadata: { name: 'x', namespace: 'a' }, spec: { containers: [] } }), { fieldManager: 'me' });
    const answer = await client.patch(Pod, { name: 'x', namespace: 'a' }, { type: 'strategic', body: { metadata: { labels: { a: 'é' } } } }, { subresource: 'status' });
    await client.list(Pod, { labelSelector: 'a in (b,c)' });
    expect(requests.map(({ line }) => line)).toEqual(['POST /api/v1/namespaces/a/pods?fieldManager=me', 'PATCH /api/v1/namespaces/a/pods/x/status', 'GET /api/v1/pods?labelSelector=a+in+%28b%2Cc%29']);
    expect(requests[1]).toMatchObject({ type: 'application/strategic-merge-patch+json', auth: 'Bearer secret', body: '{"metadata":{"labels":{"a":"é"}}}', version: protocol === 'h2' ? '2.0' : '1.1' });
    expect(Object.isFrozen(answer.metadata)).toBe(true);
    expect(answer.metadata.name).toBe('é');
  });

  test('tells failures as StatusError, also those of a proxy in between', async () => {
    const { transport } = await serve(protocol, (request, response) => {
      if (request.url?.includes('proxy')) {
        (response as ServerResponse).writeHead(403, { 'content-type': 'text/html' });
        (response as ServerResponse).end('<h1>no</h1>');
      } else json(response, 409, { kind: 'Status', status: 'Failure', reason: 'Conflict', message: 'too late', code: 409 });
    });
    const client = apiClient(transport);
    const failure = client.get(Pod, { name: 'x', namespace: 'a' });
    await expect(failure).rejects.toThrow('too late');
    await failure.catch((error: unknown) => expect(isStatus(error, 'Conflict')).toBe(true));
    await expect(client.get(Pod, { name: 'proxy', namespace: 'a' })).rejects.toMatchObject({ reason: 'Forbidden', httpCode: 403, message: '<h1>no</h1>' });
  });

  test('makes refused reads again after what Retry-After says, but never writes', async () => {
    let reads = 0;
    let writes = 0;
    const { transport } = await serve(protocol, (request, response) => {
      if (request.method === 'POST') {
        writes += 1;
        return json(response, 503, { kind: 'Status', reason: 'ServiceUnavailable', code: 503 }, { 'retry-after': '1' });
      }
      reads += 1;
      if (reads === 1) return json(response, 429, { kind: 'Status', reason: 'TooManyRequests', code: 429 }, { 'retry-after': '1' });
      json(response, 200, { kind: 'PodList', items: [], metadata: { resourceVersion: '1' } });
    });
    const client = apiClient(transport);
    const started = performance.now();
    await client.list(Pod);
    expect(performance.now() - started).toBeGreaterThan(990);
    await expect(client.create(newObject(Pod, { metadata: { name: 'x', namespace: 'a' }, spec: { containers: [] } }))).rejects.toMatchObject({ reason: 'ServiceUnavailable', details: { retryAfterSeconds: 1 } });
    expect([reads, writes]).toEqual([2, 1]);
  });

  test('reads a watch in whatever pieces it comes, with causes, bookmarks and its regular end', async () => {
    const asked: Record<string, unknown>[] = [];
    const { transport } = await serve(protocol, (request, response) => {
      asked.push({ url: request.url, causes: request.headers['x-keelson-causes'] });
      const stream = response as ServerResponse;
      stream.writeHead(200, { 'content-type': 'application/json' });
      const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
      const bytes = Buffer.from(frame('ADDED', 'größe', 6, { cause: traceparent }) + frame('BOOKMARK', '', 8) + frame('DELETED', 'b', 9));
      const cuts = [10, 50, 51, 52, 130, bytes.length];
      const next = (index: number): void => {
        const from = cuts[index - 1] ?? 0;
        if (index === cuts.length) return void stream.end();
        stream.write(bytes.subarray(from, cuts[index]));
        setTimeout(() => next(index + 1), 3);
      };
      next(0);
    });
    const seen = watch(transport);
    await expect(seen.ended).resolves.toBeUndefined();
    expect(asked).toEqual([{ url: '/api/v1/namespaces/a/pods?resourceVersion=5&watch=true', causes: '1' }]);
    expect(seen.events.map(({ type, object, resourceVersion }) => `${type} ${object.metadata.name} ${resourceVersion}`)).toEqual(['ADDED größe 6', 'BOOKMARK  8', 'DELETED b 9']);
    expect(seen.events[0]?.cause).toMatchObject({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 });
    expect(seen.events[1]?.cause).toBeUndefined();
  });

  test('ends a watch with the error that the server tells, in the stream or instead of it', async () => {
    const { transport } = await serve(protocol, (_request, response) => {
      const stream = response as ServerResponse;
      if (inStream) {
        stream.writeHead(200, { 'content-type': 'application/json' });
        stream.write(frame('ADDED', 'a', 6));
        stream.end(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', reason: 'Expired', code: 410, message: 'too old' } })}\n`);
      } else json(response, 429, { kind: 'Status', reason: 'TooManyRequests', code: 429 }, { 'retry-after': '7' });
    });
    let inStream = true;
    const first = watch(transport);
    expect(isStatus(await first.ended, 'Expired')).toBe(true);
    expect(first.events).toHaveLength(1);
    inStream = false;
    const second = await watch(transport).ended;
    expect(second).toBeInstanceOf(StatusError);
    expect((second as StatusError).details.retryAfterSeconds).toBe(7);
  });

  test('a cut connection ends the watch, and the next call makes a new one', async () => {
    const { transport, sockets, connections } = await serve(protocol, (request, response) => {
      if (!request.url?.includes('watch=')) return json(response, 200, { kind: 'PodList', items: [], metadata: { resourceVersion: '1' } });
      (response as ServerResponse).writeHead(200, { 'content-type': 'application/json' });
      (response as ServerResponse).write(frame('ADDED', 'a', 6));
    });
    const seen = watch(transport);
    await until(() => seen.events.length === 1);
    const before = connections();
    for (const socket of sockets) socket.destroy();
    await seen.ended;
    await apiClient(transport).list(Pod);
    expect(connections()).toBeGreaterThan(before);
  });

  test('silence ends the watch; stop ends it without a word', async () => {
    let open = 0;
    const { transport } = await serve(protocol, (_request, response) => {
      open += 1;
      const stream = response as ServerResponse;
      stream.on('close', () => (open -= 1));
      stream.writeHead(200, { 'content-type': 'application/json' });
      stream.write(frame('ADDED', 'a', 6));
    }, { watchIdle: 100 });
    expect((await watch(transport).ended)?.message).toContain('got nothing');
    await until(() => open === 0);
    const seen = watch(transport);
    let told = false;
    void seen.ended.then(() => (told = true));
    await until(() => seen.events.length === 1);
    seen.stop();
    seen.stop();
    await until(() => open === 0);
    await realClock.sleep(150);
    expect(told).toBe(false);
  });

  test('gives up a call without answer, and one that is aborted', async () => {
    const { transport } = await serve(protocol, () => undefined, { callTimeout: 50 });
    const call = (signal?: AbortSignal) => transport.call({ verb: 'create', group: '', version: 'v1', plural: 'pods', namespace: 'a', body: {}, signal });
    await expect(call()).rejects.toMatchObject({ code: 'KEEL_CALL_TIMEOUT' });
    const abort = new AbortController();
    const aborted = call(abort.signal);
    abort.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
  });

  test('carries the trace of the active span', async () => {
    const headers: unknown[] = [];
    const { transport } = await serve(protocol, (request, response) => {
      headers.push(request.headers['traceparent']);
      json(response, 200, {});
    });
    const call = () => transport.call({ verb: 'get', group: '', version: 'v1', plural: 'pods', name: 'x', namespace: 'a' });
    const span = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
    await context.with(trace.setSpanContext(ROOT_CONTEXT, span), call);
    await call();
    expect(headers).toEqual([`00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`, undefined]);
  });
});

test('HTTP/2 takes many calls and watches over one connection', async () => {
  const { transport, connections } = await serve('h2', (request, response) => {
    if (request.url?.includes('watch=')) (response as ServerResponse).writeHead(200).write(frame('ADDED', 'a', 6));
    else json(response, 200, {});
  });
  const watches = Array.from({ length: 20 }, () => watch(transport));
  await Promise.all(Array.from({ length: 50 }, () => transport.call({ verb: 'get', group: '', version: 'v1', plural: 'pods', name: 'x' })));
  await until(() => watches.every(({ events }) => events.length === 1));
  expect(connections()).toBe(1);
  for (const each of watches) each.stop();
});

test('a certificate that the authority did not sign is refused', async () => {
  const other = await testCertificate();
  const server = createSecureServer({ ...certificate }, (_request, response) => void response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const wrong = httpTransport({ server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: other.cert }, { clock: realClock, random: seededRandom('1') });
  await expect(wrong.call({ verb: 'create', group: '', version: 'v1', plural: 'pods', namespace: 'a', body: {} })).rejects.toThrow(/self[- ]signed|unable to verify/i);
  wrong.close();
  await new Promise((resolve) => server.close(resolve));
});
