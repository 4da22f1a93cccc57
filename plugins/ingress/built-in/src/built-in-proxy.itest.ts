import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { silentLogger, type Clock, type Logger } from '@keelson/sdk';
import { SpanRecorder, noopTracer, type SpanRecord } from '@keelson/telemetry';
import { seededRandom } from '@keelson/sdk';
import { ingressProxyContract, type ProxyUnderTest } from '@keelson/testing/ingress-proxy-contract';
import type { Tracer } from '@opentelemetry/api';
import { BuiltInProxy } from './built-in-proxy.ts';
import { Front, type FrontLimits } from './front.ts';
import { ServerNames } from './server-names.ts';

/** Real sockets do not wait for a virtual clock. */
const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  sleep: () => Promise.reject(new Error('not used')),
};

async function open({ limits = {}, tracer = noopTracer, log = silentLogger, maxRequests = 1000 }: { readonly limits?: Partial<FrontLimits>; readonly tracer?: Tracer; readonly log?: Logger; readonly maxRequests?: number } = {}): Promise<ProxyUnderTest> {
  const names = new ServerNames(log, () => undefined);
  const proxy = new BuiltInProxy({ clock, tracer, log, names, limits: { connectMs: 2000, answerMs: 5000, tries: 3, idleConnections: 16 }, maxRequests, trustForwarded: false, accessLog: 'all', addresses: () => [] });
  const front = await Front.open({ address: '127.0.0.1', httpPort: 0, httpsPort: 0, names, handler: proxy, limits: { headBytes: 32_768, headMs: 5000, idleMs: 30_000, connections: 1000, ...limits } });
  return {
    proxy, address: '127.0.0.1', httpPort: front.ports[0]!, httpsPort: front.ports[1]!,
    close: async () => {
      await front.close();
      proxy.close();
    },
  };
}

ingressProxyContract('built-in', () => open());

describe('the built-in proxy', () => {
  const never = new AbortController().signal;

  async function withBackend(run: (endpoint: { readonly address: string; readonly port: number }) => Promise<void>): Promise<void> {
    const server = createServer((request, response) => response.end(request.headers['traceparent'] ?? 'none'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await run({ address: '127.0.0.1', port: (server.address() as AddressInfo).port });
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  const to = (endpoint: { readonly address: string; readonly port: number }) =>
    Object.freeze({ hosts: new Map([['a.test', { host: 'a.test', paths: [{ ingress: 'default/web', path: '/', match: 'prefix' as const, backend: { key: 'default/web:80', endpoints: [endpoint] } }] }]]), certificates: [], defaultBackend: undefined });

  it('tells of the first request after a change in the trace of the change, and goes on with the trace of a client', async () => {
    const spans: SpanRecord[] = [];
    const tracer = new SpanRecorder({ clock, random: seededRandom('1'), sink: (span) => spans.push(span) }).tracer('@keelson/ingress-built-in');
    const lines: unknown[] = [];
    const proxy = await open({ tracer, log: { ...silentLogger, info: (_message, fields) => lines.push(fields) } });
    try {
      await withBackend(async (endpoint) => {
        const cause = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
        await proxy.proxy.program(to(endpoint), { changed: ['default/web'], cause }, never);
        const get = async (headers: Record<string, string> = {}): Promise<string> => (await fetchText(proxy.httpPort, headers));
        expect(await get()).toBe('none');
        expect(await get()).toBe('none');
        const [milestone, served] = [spans.find(({ name }) => name === 'milestone first-ingress-request'), spans.find(({ name }) => name === 'GET /')];
        expect(milestone).toMatchObject({ traceId: cause.traceId, parentSpanId: cause.spanId, attributes: { 'keelson.milestone': 'first-ingress-request', 'http.response.status_code': 200, 'keelson.ingress.route': 'default/web' } });
        expect(served!.links).toEqual([expect.objectContaining({ traceId: cause.traceId })]);
        expect(spans).toHaveLength(2);
        const passed = await get({ traceparent: '00-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-bbbbbbbbbbbbbbbb-01' });
        expect(passed).toMatch(/^00-a{32}-[0-9a-f]{16}-01$/);
        expect(spans.at(-1)).toMatchObject({ name: 'GET /', traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), spanId: passed.split('-')[2] });
        expect(lines).toHaveLength(3);
        expect(lines[0]).toMatchObject({ method: 'GET', host: 'a.test', path: '/x', code: 200, ingress: 'default/web', endpoint: `127.0.0.1:${endpoint.port}` });
        expect(JSON.stringify(lines)).not.toContain('secret');
      });
    } finally {
      await proxy.close();
    }
  });

  it('does not wait for clients that do not finish the head of their request', async () => {
    const proxy = await open({ limits: { headMs: 200 } });
    try {
      const socket = connect(proxy.httpPort, '127.0.0.1');
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.write('GET / HTTP/1.1\r\nHost: a.t');
      await once(socket, 'close');
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
    } finally {
      await proxy.close();
    }
  });

  it('refuses what is more than it takes at a time', async () => {
    const proxy = await open({ maxRequests: 0 });
    try {
      await withBackend(async (endpoint) => {
        await proxy.proxy.program(to(endpoint), { changed: [] }, never);
        expect(await fetchText(proxy.httpPort, {})).toBe('too many requests at a time\n');
      });
    } finally {
      await proxy.close();
    }
  });

  it('names the port that it cannot have', async () => {
    const proxy = await open();
    const names = new ServerNames(silentLogger, () => undefined);
    await expect(Front.open({ address: '127.0.0.1', httpPort: proxy.httpPort, httpsPort: 0, names, handler: { request: () => undefined, upgrade: () => undefined }, limits: { headBytes: 32_768, headMs: 5000, idleMs: 30_000, connections: 10 } }))
      .rejects.toThrow(`the ingress cannot listen at 127.0.0.1:${proxy.httpPort}: it is taken; give another with httpPort and httpsPort`);
    await proxy.close();
  });
});

function fetchText(port: number, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(text.split('\r\n\r\n').slice(1).join('')));
    socket.write(`GET /x?token=secret HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
  });
}
