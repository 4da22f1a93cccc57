import { once } from 'node:events';
import { Agent, createServer, request as ask, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions, type Server } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request as askSecurely } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { createAuthority, issueLeaf, type KeyedCertificate } from '@keelson/kernel/apiserver/pki';
import type { IngressBackend, IngressCertificate, IngressDelta, IngressHost, IngressProxy, IngressRouting } from '@keelson/sdk/ingress';

/** A proxy that serves, and where. */
export interface ProxyUnderTest {
  readonly proxy: IngressProxy;
  readonly address: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  close(): Promise<void>;
}

interface Answer {
  readonly code: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

type Rules = Readonly<Record<string, readonly (readonly [path: string, match: 'exact' | 'prefix', backend: IngressBackend | undefined])[]>>;

const delta: IngressDelta = { changed: ['default/test'] };
const never = new AbortController().signal;

/** Every ingress proxy must pass this. `open` gives a new one that has no routing yet. */
export function ingressProxyContract(name: string, open: () => Promise<ProxyUnderTest>): void {
  describe(`the ingress proxy ${name}`, () => {
    let it_: ProxyUnderTest;
    const servers: Server[] = [];
    const sockets = new Set<Socket>();

    beforeEach(async () => {
      it_ = await open();
    });
    afterEach(async () => {
      await it_.close();
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
    });

    /** A backend that answers with its name, what it was asked and the body. */
    async function backend(title: string, handler: (request: IncomingMessage, body: Buffer) => string | undefined = (request) => `${title} ${request.method!} ${request.url!}`): Promise<IngressBackend & { readonly server: Server; readonly seen: IncomingMessage[] }> {
      const seen: IncomingMessage[] = [];
      const server = createServer((request, response) => {
        seen.push(request);
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const text = handler(request, Buffer.concat(chunks));
          if (text === undefined) request.socket.destroy();
          else response.writeHead(200, { 'x-backend': title, connection: 'keep-alive' }).end(text);
        });
      });
      server.on('connection', (socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
      });
      server.keepAliveTimeout = 60_000;
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      servers.push(server);
      return { key: `default/${title}:80`, endpoints: [{ address: '127.0.0.1', port: (server.address() as AddressInfo).port }], server, seen };
    }

    const plain = ({ key, endpoints }: IngressBackend): IngressBackend => ({ key, endpoints });

    function routing(rules: Rules, more: Partial<IngressRouting> = {}): IngressRouting {
      const hosts = Object.entries(rules).map(([host, paths]): [string, IngressHost] => [host, { host, paths: paths.map(([path, match, to]) => ({ ingress: 'default/test', path, match, backend: to })) }]);
      return Object.freeze({ hosts: new Map(hosts), certificates: [], defaultBackend: undefined, ...more });
    }

    const program = (rules: Rules, more?: Partial<IngressRouting>): Promise<void> => it_.proxy.program(routing(rules, more), delta, never);

    function get(path: string, host: string, options: RequestOptions & { readonly send?: Buffer } = {}): Promise<Answer> {
      const { send, headers, ...rest } = options;
      return new Promise((resolve, reject) => {
        const asking = ask({ host: it_.address, port: it_.httpPort, path, headers: { host, ...headers }, agent: false, ...rest }, (answer) => void read(answer).then(resolve, reject));
        asking.on('error', reject);
        asking.end(send);
      });
    }

    it('answers 404 as long as nothing is routed', async () => {
      await program({});
      expect((await get('/', 'shop.example.org')).code).toBe(404);
    });

    it('takes the exact path before the longest prefix, element by element, and the exact host before the wildcard', async () => {
      const [exact, api, root, wild, any] = await Promise.all(['exact', 'api', 'root', 'wild', 'any'].map((title) => backend(title)));
      await program({
        'shop.example.org': [['/api/v1', 'exact', plain(exact!)], ['/api', 'prefix', plain(api!)], ['/', 'prefix', plain(root!)]],
        '*.example.org': [['/', 'prefix', plain(wild!)]],
        'narrow.example.org': [['/only', 'exact', plain(exact!)]],
        '': [['/any', 'prefix', plain(any!)]],
      });
      const cases: readonly [host: string, path: string, expected: string | number][] = [
        ['shop.example.org', '/api/v1', 'exact'], ['shop.example.org', '/api/v1/', 'api'], ['shop.example.org', '/api/v1?x=/only', 'exact'], ['shop.example.org', '/api', 'api'],
        ['shop.example.org', '/api/', 'api'], ['shop.example.org', '/api/v2/x', 'api'], ['shop.example.org', '/apis', 'root'], ['shop.example.org', '/', 'root'],
        ['SHOP.example.org:8080', '/api', 'api'], ['blog.example.org', '/x', 'wild'], ['narrow.example.org', '/only', 'exact'],
        ['a.b.example.org', '/x', 404], ['example.org', '/x', 404], ['other.test', '/any/x', 'any'], ['other.test', '/anyhow', 404],
      ];
      for (const [host, path, expected] of cases) {
        const { code, headers } = await get(path, host);
        expect([host, path, code === 200 ? headers['x-backend'] : code]).toEqual([host, path, expected]);
      }
    });

    it('sends what no rule takes to the default backend', async () => {
      const [root, fallback] = [await backend('root'), await backend('fallback')];
      await program({ 'shop.example.org': [['/shop', 'prefix', plain(root)]] }, { defaultBackend: plain(fallback) });
      expect((await get('/elsewhere', 'shop.example.org')).headers['x-backend']).toBe('fallback');
      expect((await get('/x', 'other.test')).headers['x-backend']).toBe('fallback');
      expect((await get('/shop', 'shop.example.org')).headers['x-backend']).toBe('root');
    });

    it('answers 503 without an endpoint or a service, and 502 when no endpoint can be reached', async () => {
      const gone = await backend('gone');
      gone.server.close();
      await program({ 'a.test': [['/none', 'prefix', undefined], ['/empty', 'prefix', { key: 'default/empty:80', endpoints: [] }], ['/gone', 'prefix', plain(gone)]] });
      expect([(await get('/none', 'a.test')).code, (await get('/empty', 'a.test')).code, (await get('/gone', 'a.test')).code]).toEqual([503, 503, 502]);
    });

    it('says who asked, and passes on neither the headers of a connection nor claims of the client', async () => {
      const to = await backend('a');
      await program({ 'a.test': [['/', 'prefix', plain(to)]] });
      await get('/x?y=1', 'a.test', { headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', connection: 'x-hop', 'x-hop': 'secret', te: 'trailers', 'x-kept': 'yes' } });
      const { headers, url } = to.seen[0]!;
      expect(url).toBe('/x?y=1');
      expect(headers).toMatchObject({ host: 'a.test', 'x-forwarded-for': it_.address, 'x-forwarded-proto': 'http', 'x-forwarded-host': 'a.test', 'x-kept': 'yes' });
      expect(headers['te']).toBeUndefined();
    });

    it('carries bodies both ways, whole, with and without a length', async () => {
      const to = await backend('a', (_request, body) => body.toString('latin1'));
      await program({ 'a.test': [['/', 'prefix', plain(to)]] });
      const send = Buffer.alloc(3_000_000, 'abcdefghij');
      for (const headers of [{ 'content-length': String(send.length) }, { 'transfer-encoding': 'chunked' }] as const) {
        for (const method of ['POST', 'DELETE']) {
          const { code, body } = await get('/', 'a.test', { method, headers, send });
          expect([method, code, body.length]).toEqual([method, 200, send.length]);
        }
      }
    });

    it('tries another endpoint when one refuses the connection, also with a body', async () => {
      const [live, gone] = [await backend('live', (_request, body) => String(body.length)), await backend('gone')];
      gone.server.close();
      await program({ 'a.test': [['/', 'prefix', { key: 'default/two:80', endpoints: [...gone.endpoints, ...live.endpoints] }]] });
      for (let i = 0; i < 6; i++) expect(await get('/', 'a.test', { method: 'POST', send: Buffer.from('hello'), headers: { 'content-length': '5' } })).toMatchObject({ code: 200, body: '5' });
    });

    it('spreads requests over the endpoints', async () => {
      const both = [await backend('one'), await backend('two')];
      await program({ 'a.test': [['/', 'prefix', { key: 'default/two:80', endpoints: both.flatMap(({ endpoints }) => endpoints) }]] });
      for (let i = 0; i < 20; i++) await get('/', 'a.test');
      for (const { seen } of both) expect(seen.length).toBeGreaterThanOrEqual(5);
    });

    it('follows changes at once and loses no request under load', async () => {
      const [a, b] = [await backend('a'), await backend('b')];
      const to = (target: IngressBackend): Rules => ({ 'a.test': [['/', 'prefix', { key: 'default/x:80', endpoints: target.endpoints }]] });
      await program(to(a));
      const agent = new Agent({ keepAlive: true });
      let stop = false;
      const faults: unknown[] = [];
      let served = 0;
      const clients = Array.from({ length: 8 }, async () => {
        while (!stop) {
          try {
            const { code } = await get('/', 'a.test', { agent });
            if (code === 200) served++;
            else faults.push(code);
          } catch (error) {
            faults.push(error);
          }
        }
      });
      for (let change = 0; change < 20; change++) {
        const target = change % 2 === 0 ? b : a;
        await program(to(target));
        expect((await get('/', 'a.test')).headers['x-backend']).toBe(change % 2 === 0 ? 'b' : 'a');
      }
      stop = true;
      await Promise.all(clients);
      agent.destroy();
      expect(faults).toEqual([]);
      expect(served).toBeGreaterThan(20);
    });

    it('joins both sides of a changed protocol, and hands on a refusal', async () => {
      const to = await backend('a');
      to.server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
        if (request.url === '/no') {
          socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
          return;
        }
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\nhello ');
        socket.on('data', (chunk) => socket.write(chunk.toString().toUpperCase()));
        socket.on('end', () => socket.end());
      });
      await program({ 'a.test': [['/', 'prefix', plain(to)]] });
      const talk = async (path: string, say: string): Promise<string> => {
        const socket = connect(it_.httpPort, it_.address);
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk.toString();
          if (text.includes('HELLO') || text.endsWith('no')) socket.end();
        });
        socket.write(`GET ${path} HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n${say}`);
        await once(socket, 'close');
        return text;
      };
      const joined = await talk('/chat', 'hello');
      expect(joined).toMatch(/^HTTP\/1\.1 101 /);
      expect(joined).toContain('hello HELLO');
      expect(await talk('/no', '')).toMatch(/^HTTP\/1\.1 403 [\s\S]*no$/);
    });

    it('serves TLS by the name that is asked for, over HTTP/1.1 and HTTP/2, whatever another secret holds', async () => {
      const to = await backend('a', (request) => `${request.headers['x-forwarded-proto'] as string} ${request.method!} ${request.url!}`);
      const now = Date.now();
      const validity = { notBefore: now - 60_000, notAfter: now + 3_600_000 };
      const authority = await createAuthority('test', validity);
      const leaf = (host: string): Promise<KeyedCertificate> => issueLeaf(authority, { commonName: host, hosts: [host], usage: 'server' }, validity);
      const secret = (title: string, hosts: readonly string[], { certificate, privateKey }: KeyedCertificate): IngressCertificate => ({ secret: `default/${title}`, hosts, certificate, key: privateKey });
      const certificates = [
        { secret: 'default/bad', hosts: ['bad.test'], certificate: 'nonsense', key: 'nonsense' },
        secret('one', ['one.test'], await leaf('one.test')),
        secret('wild', ['*.wild.test'], await leaf('*.wild.test')),
      ];
      await program({ 'one.test': [['/', 'prefix', plain(to)]], 'a.wild.test': [['/', 'prefix', plain(to)]], 'bad.test': [['/', 'prefix', plain(to)]] }, { certificates });
      for (const host of ['one.test', 'a.wild.test']) {
        const one = await new Promise<Answer>((resolve, reject) => {
          askSecurely({ host: it_.address, port: it_.httpsPort, servername: host, headers: { host }, ca: authority.certificate, path: '/x', agent: false }, (answer) => void read(answer).then(resolve, reject)).on('error', reject).end();
        });
        expect(one).toMatchObject({ code: 200, body: 'https GET /x' });
      }
      const session = connectHttp2(`https://one.test:${it_.httpsPort}`, { createConnection: () => connectTls({ host: it_.address, port: it_.httpsPort, servername: 'one.test', ca: authority.certificate, ALPNProtocols: ['h2'] }) });
      try {
        const [first, second] = await Promise.all(['/a', '/b'].map((path) => new Promise<[number, string]>((resolve, reject) => {
          const stream = session.request({ ':path': path, ':method': 'POST' });
          let [code, body] = [0, ''];
          stream.on('response', (headers) => (code = Number(headers[':status'])));
          stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
          stream.on('end', () => resolve([code, body]));
          stream.on('error', reject);
          stream.end('some body');
        })));
        expect([first, second]).toEqual([[200, 'https POST /a'], [200, 'https POST /b']]);
      } finally {
        session.close();
      }
      const other = await new Promise<string>((resolve) => {
        const socket: TLSSocket = connectTls({ host: it_.address, port: it_.httpsPort, servername: 'one.test', ca: authority.certificate }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
        socket.on('error', (error) => resolve(error.message));
      });
      expect(other).toBe('one.test');
    });

    it('outlives whatever is sent to it', async () => {
      const to = await backend('a');
      await program({ 'a.test': [['/', 'prefix', plain(to)]] });
      const junk = [
        'nonsense\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', 'GET / HTTP/9.9\r\nHost: a.test\r\n\r\n', `GET / HTTP/1.1\r\nHost: a.test\r\nX: ${'y'.repeat(200_000)}\r\n\r\n`,
        'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: -1\r\n\r\n',
        'POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 'GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n', '\u0000\u0001\u0002', 'CONNECT a.test:80 HTTP/1.1\r\nHost: a.test\r\n\r\n',
        'GET http://[::1/ HTTP/1.1\r\nHost: a.test\r\n\r\n', 'OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a.test\r\nX: a\u0000b\r\n\r\n', 'GET /\u00ff\u0007 HTTP/1.1\r\nHost: a.test\r\n\r\n',
        'GET / HTTP/1.1\r\nHost: ../../etc\r\n\r\n', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      ];
      for (const text of junk) {
        for (const port of [it_.httpPort, it_.httpsPort]) {
          const socket = connect(port, it_.address);
          socket.on('error', () => undefined);
          socket.resume();
          const closed = new Promise((resolve) => socket.once('close', resolve));
          socket.end(Buffer.from(text, 'latin1'));
          await closed;
        }
      }
      expect((await get('/', 'a.test')).code).toBe(200);
    });

    it('lets go of the backend when the client goes away', async () => {
      let left: () => void = () => undefined;
      const gone = new Promise<void>((resolve) => (left = resolve));
      let arrived: () => void = () => undefined;
      const there = new Promise<void>((resolve) => (arrived = resolve));
      const to = await backend('a');
      to.server.removeAllListeners('request');
      to.server.on('request', (request: IncomingMessage) => {
        arrived();
        request.socket.once('close', left);
      });
      await program({ 'a.test': [['/', 'prefix', plain(to)]] });
      const asking = ask({ host: it_.address, port: it_.httpPort, path: '/', headers: { host: 'a.test' }, agent: false });
      asking.on('error', () => undefined);
      asking.end();
      await there;
      asking.destroy();
      await gone;
      expect((await get('/none', 'b.test')).code).toBe(404);
    });
  });
}

async function read(answer: IncomingMessage): Promise<Answer> {
  let body = '';
  answer.setEncoding('latin1');
  for await (const chunk of answer) body += chunk as string;
  return { code: answer.statusCode!, body, headers: answer.headers };
}
