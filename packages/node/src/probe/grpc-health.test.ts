import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { socketProber } from './network-prober.ts';

let server: Http2Server;
afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

/** Serves one kind of answer; resolves to the port. */
function serve(answer: (stream: ServerHttp2Stream, body: Buffer) => void): Promise<number> {
  server = createServer();
  server.on('stream', (stream, headers) => {
    expect(headers[':path']).toBe('/grpc.health.v1.Health/Check');
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', () => answer(stream, Buffer.concat(chunks)));
    stream.on('error', () => undefined);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));
}

function respond(stream: ServerHttp2Stream, message: readonly number[], status = '0', text = ''): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': status, 'grpc-message': text }));
  if (status === '0') stream.write(Buffer.from([0, 0, 0, 0, message.length, ...message]));
  stream.end();
}

const probe = (port: number, service = '', timeoutMs = 2000) => socketProber.probe({ type: 'grpc', host: '127.0.0.1', port, service }, timeoutMs);

describe('a gRPC probe', () => {
  it('asks for the service and succeeds when it serves', async () => {
    let asked: Buffer | undefined;
    const port = await serve((stream, body) => {
      asked = body;
      respond(stream, [0x08, 1]);
    });
    expect(await probe(port, 'shop')).toEqual({ ok: true });
    expect(asked).toEqual(Buffer.from([0, 0, 0, 0, 6, 0x0a, 4, ...Buffer.from('shop')]));
    expect(await probe(port)).toEqual({ ok: true });
    expect(asked).toEqual(Buffer.from([0, 0, 0, 0, 0]));
  });

  it.each([
    ['does not serve', [0x08, 2], '0', '', 'service unhealthy (responded with "NOT_SERVING")'],
    ['does not know', [], '0', '', 'service unhealthy (responded with "UNKNOWN")'],
    ['has no health service', [], '12', '', 'server does not implement the grpc health protocol (grpc.health.v1.Health)'],
    ['fails', [], '5', 'no%20such', 'service unhealthy (responded with gRPC status 5: no such)'],
  ])('fails when the server %s', async (_, message, status, text, expected) => {
    const port = await serve((stream) => respond(stream, message, status, text));
    expect(await probe(port)).toEqual({ ok: false, message: expected });
  });

  it('gives up in time, and where nobody listens', async () => {
    const port = await serve(() => undefined);
    expect(await probe(port, '', 200)).toEqual({ ok: false, message: `timeout: failed to connect service "127.0.0.1:${port}" within 0.2s: context deadline exceeded` });
    const refused = await probe(1);
    expect(refused).toMatchObject({ ok: false, message: expect.stringContaining('ECONNREFUSED') as string });
  });
});
