import { once } from 'node:events';
import { createServer, type Http2Server, type Http2Session, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream, type Settings } from 'node:http2';
import { createServer as createHttp1 } from 'node:http';
import { createServer as createPlain, type AddressInfo, type Server } from 'node:net';
import { ManualClock } from '../../manual-clock.ts';
import { EtcdCallError } from '../failure.ts';
import { ConnectError, Session } from './session.ts';

/** Body of a request that arrived, and the stream to answer on. */
type Answer = (stream: ServerHttp2Stream, body: Buffer, session: ServerHttp2Session) => void;

/** A gRPC message around the bytes. */
function message(bytes: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

function ok(stream: ServerHttp2Stream, body: Buffer, trailers: Record<string, string> = { 'grpc-status': '0' }): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(body);
}

/** Lets the sockets work until it is so, for at most some seconds. */
async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 10_000; !condition(); await new Promise(setImmediate)) if (performance.now() > end) throw new Error('gave up waiting');
}

describe('Session', () => {
  const servers: (Server | Http2Server)[] = [];
  const peers = new Set<Http2Session>();
  const sessions: Session[] = [];
  let clock: ManualClock;
  let retired: number;

  beforeEach(() => {
    clock = new ManualClock();
    retired = 0;
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) session.destroy();
    for (const peer of peers) peer.destroy();
    await Promise.all(servers.splice(0).map(async (server) => {
      server.close();
      await once(server, 'close');
    }));
  });

  async function listen(server: Server | Http2Server): Promise<string> {
    servers.push(server);
    (server as Server).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${((server as Server).address() as AddressInfo).port}`;
  }

  async function serve(answer: Answer, settings: Settings = {}): Promise<string> {
    const server = createServer({ settings });
    server.on('session', (session) => {
      peers.add(session);
      session.on('error', () => undefined);
    });
    server.on('stream', (stream) => {
      const parts: Buffer[] = [];
      stream.on('error', () => undefined);
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => answer(stream, Buffer.concat(parts), stream.session as ServerHttp2Session));
    });
    return listen(server);
  }

  async function open(endpoint: string): Promise<Session> {
    const session = await Session.open(endpoint, { clock, tls: undefined, attemptMs: 5000, alone: false, retired: () => retired++, closed: () => undefined });
    sessions.push(session);
    return session;
  }

  const text = (bytes: Buffer): string => bytes.toString();
  const failure = (call: Promise<unknown>): Promise<EtcdCallError> => call.then(() => { throw new Error('the call went well'); }, (error: unknown) => error as EtcdCallError);

  it('sends what gRPC wants and reads the answer', async () => {
    const seen: string[] = [];
    const session = await open(await serve((stream, body) => {
      seen.push(text(body.subarray(5)));
      ok(stream, message(Buffer.from('answer')));
    }));
    let heads: IncomingHttpHeaders = {};
    servers[0]!.on('stream', (_stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => (heads = headers));
    session.token = 't'.repeat(400);
    expect(await session.unary('/etcdserverpb.KV/Range', message(Buffer.from('question')), text)).toBe('answer');
    expect(seen).toEqual(['question']);
    expect(heads).toMatchObject({ ':method': 'POST', ':scheme': 'http', ':path': '/etcdserverpb.KV/Range', ':authority': new URL(session.endpoint).host, te: 'trailers', 'content-type': 'application/grpc', hasleader: 'true', token: 't'.repeat(400) });
  });

  it('reads headers of all kinds, each changing how the next ones are read', async () => {
    const texts = ['', 'etcdserver: no such thing', `${'x'.repeat(300)} é~`, '\u00ff\u0080{}|\\^`<>', 'a'.repeat(5000), ...Array.from({ length: 60 }, (_, i) => `${i}`.repeat(i))];
    const session = await open(await serve((stream, body) => ok(stream, Buffer.alloc(0), { 'grpc-status': '9', 'grpc-message': texts[Number(text(body.subarray(5)))]!, 'x-more': 'y'.repeat(Number(text(body.subarray(5)))) })));
    for (const [i, expected] of [...texts, ...texts].entries()) {
      const { message: got } = await failure(session.unary('/a/B', message(Buffer.from(String(i % texts.length))), text));
      expect(got.slice(got.indexOf(': ') + 2)).toBe(expected === '' ? 'gRPC status 9' : expected);
    }
  });

  it('reads header blocks of several frames', async () => {
    const long = Array.from({ length: 40 }, (_, i) => [`x-${i}`, `${i}`.repeat(500)]);
    const session = await open(await serve((stream) => ok(stream, message(Buffer.from('x')), { ...Object.fromEntries(long), 'grpc-status': '0' })));
    expect(await session.unary('/a/B', message(Buffer.from('q')), text)).toBe('x');
  });

  it('sends and reads more than any window holds, many at once, and more streams than the server takes', async () => {
    const session = await open(await serve((stream, body) => ok(stream, message(body.subarray(5))), { initialWindowSize: 20_000, maxConcurrentStreams: 3 }));
    const bodies = Array.from({ length: 12 }, (_, i) => Buffer.alloc(i === 5 ? 20_000_000 : 300_000 * (i % 3), i));
    const answers = await Promise.all(bodies.map((body) => session.unary('/a/B', message(body), (bytes) => Buffer.from(bytes))));
    expect(answers.map((answer, i) => answer.equals(bodies[i]!))).toEqual(bodies.map(() => true));
  });

  it('hands over a stream of messages however they are cut', async () => {
    const parts = Array.from({ length: 200 }, (_, i) => message(Buffer.from('m'.repeat(i * 37 % 500))));
    const session = await open(await serve(() => undefined));
    servers[0]!.removeAllListeners('stream');
    servers[0]!.on('stream', (stream: ServerHttp2Stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      const whole = Buffer.concat(parts);
      for (let at = 0; at < whole.length; at += 333) stream.write(whole.subarray(at, at + 333));
    });
    const got: number[] = [];
    await new Promise<void>((resolve, reject) => {
      session.stream('/a/Watch', message(Buffer.from('w')), { message: (bytes) => (got.push(bytes.length) === parts.length ? resolve() : undefined), end: reject });
    });
    expect(got).toEqual(parts.map((part) => part.length - 5));
  });

  it.each<[string, Answer, string, RegExp]>([
    ['another service answers', (stream) => { stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '12', 'grpc-message': 'unknown service etcdserverpb.KV' }, { endStream: true }); }, 'final', /unknown service.*give a client URL of etcd/],
    ['a web server answers', (stream) => { stream.respond({ ':status': 404, 'content-type': 'text/html' }); stream.end('<html>'); }, 'final', /is not an etcd member: it answered with HTTP status 404 and text\/html/],
    ['a proxy has nobody behind it', (stream) => { stream.respond({ ':status': 503 }); stream.end(); }, 'unknown', /HTTP status 503/],
    ['the answer has no status', (stream) => { stream.respond({ ':status': 200, 'content-type': 'application/grpc' }); stream.end(message(Buffer.from('x'))); }, 'unknown', /ended without a status/],
    ['the answer is cut off', (stream) => ok(stream, message(Buffer.from('whole')).subarray(0, 7)), 'unknown', /without a status|ended/],
    ['the answer is empty', (stream) => ok(stream, Buffer.alloc(0)), 'unknown', /without a message/],
    ['the answer is compressed', (stream) => ok(stream, Buffer.from([1, 0, 0, 0, 1, 1])), 'unknown', /compressed/],
    ['the server refuses the stream', (stream) => { stream.close(7); }, 'refused', /code 7/],
    ['the server breaks the stream off', (stream) => { stream.close(2); }, 'unknown', /code 2/],
    ['the connection breaks', (_stream, _body, session) => { session.destroy(); }, 'unknown', /^http:\/\/127\.0\.0\.1:\d+: /],
  ])('names the endpoint and says what it means when %s', async (_what, answer, kind, expected) => {
    const endpoint = await serve(answer);
    const error = await failure((await open(endpoint)).unary('/a/B', message(Buffer.from('q')), text));
    expect(error).toBeInstanceOf(EtcdCallError);
    expect([error.failure, error.message]).toEqual([kind, expect.stringMatching(expected)]);
    expect(error.message).toContain(endpoint);
  });

  it('gives up after its time, tells the server, and turns to another member', async () => {
    let cancelled: (code: number) => void;
    const told = new Promise<number>((resolve) => (cancelled = resolve));
    let arrived: () => void;
    const there = new Promise<void>((resolve) => (arrived = resolve));
    const session = await open(await serve((stream) => {
      arrived();
      stream.on('close', () => cancelled(stream.rstCode));
    }));
    const call = failure(session.unary('/a/B', message(Buffer.from('q')), text));
    await there;
    clock.advance(5000);
    expect((await call).message).toMatch(/no answer within 5000 ms/);
    expect((await call).failure).toBe('unknown');
    expect(session.usable).toBe(false);
    expect(await told).toBe(8);
  });

  it('finishes what is under way when the server goes away, and starts nothing new', async () => {
    let answer: () => void = () => undefined;
    const session = await open(await serve((stream, _body, peer) => {
      peer.goaway(0, stream.id!);
      answer = () => ok(stream, message(Buffer.from('late')));
    }));
    const call = session.unary('/a/B', message(Buffer.from('q')), text);
    await until(() => !session.usable);
    expect(retired).toBe(1);
    expect((await failure(session.unary('/a/B', message(Buffer.from('q')), text))).failure).toBe('refused');
    answer();
    expect(await call).toBe('late');
  });

  it('asks a silent connection with something under way whether it lives, and ends it if not', async () => {
    let heard = Buffer.alloc(0);
    const endpoint = await listen(createPlain((socket) => {
      // An introduction, then nothing but silence.
      socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
      socket.on('data', (bytes) => { heard = Buffer.concat([heard, bytes]); });
      socket.on('error', () => undefined);
    }));
    const session = await open(endpoint);
    const ended = new Promise<Error>((resolve) => session.stream('/a/Watch', message(Buffer.from('w')), { message: () => undefined, end: resolve }));
    clock.advance(10_000);
    const ping = Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0]);
    await until(() => heard.includes(ping));
    clock.advance(5000);
    expect((await ended).message).toMatch(/no answer to a ping within 5000 ms/);
    expect(session.usable).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it.each<[string, () => Promise<string>, RegExp, boolean]>([
    ['nothing listens', () => Promise.resolve('http://127.0.0.1:1'), /http:\/\/127\.0\.0\.1:1: connection refused/, false],
    ['a server of HTTP/1.1 listens', () => listen(createHttp1()), /does not answer in HTTP\/2.*https:\/\//, true],
    ['a server closes at once', () => listen(createPlain((socket) => socket.destroy())), /does not answer in HTTP\/2/, false],
    ['a server without TLS is called with it', async () => (await serve(() => undefined)).replace('http', 'https'), /does not speak TLS: write http:/, true],
  ])('says what is wrong when %s', async (_what, start, expected, permanent) => {
    const error = await open(await start()).then(() => undefined, (reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConnectError);
    expect((error as ConnectError).message).toMatch(expected);
    expect((error as ConnectError).failure.permanent).toBe(permanent);
    expect(clock.pending).toBe(0);
  });

  it('gives a mute server up in time', async () => {
    const endpoint = await listen(createPlain((socket) => socket.on('error', () => undefined)));
    const attempt = open(endpoint).then(() => undefined, (reason: unknown) => reason as ConnectError);
    clock.advance(2000);
    expect((await attempt)?.message).toBe(`${endpoint}: no answer within 2000 ms`);
  });
});
