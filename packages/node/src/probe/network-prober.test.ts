import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { socketProber } from './network-prober.ts';

const http = (port: number, path: string, headers: { name: string; value: string }[] = []) => ({ type: 'http' as const, host: '127.0.0.1', port, path, secure: false, headers });

describe('socketProber', () => {
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/slow') return;
      response.statusCode = request.url === '/redirect' ? 302 : request.url === '/header' ? (request.headers['x-probe'] === 'yes' ? 204 : 400) : request.url === '/ok' ? 200 : 503;
      response.end('body');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it.each([['/ok', true], ['ok', true], ['/redirect', true], ['/bad', false]])('takes %s for %s', async (path, ok) => {
    expect((await socketProber.probe(http(port, path), 1000)).ok).toBe(ok);
  });

  it('sends headers, and words failures as upstream does', async () => {
    expect(await socketProber.probe(http(port, '/header', [{ name: 'X-Probe', value: 'yes' }]), 1000)).toEqual({ ok: true });
    expect(await socketProber.probe(http(port, '/bad'), 1000)).toEqual({ ok: false, message: 'HTTP probe failed with statuscode: 503' });
    expect(await socketProber.probe(http(port, '/slow'), 50)).toEqual({
      ok: false, message: `Get "http://127.0.0.1:${port}/slow": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
    });
  });

  it('connects for tcp probes', async () => {
    expect(await socketProber.probe({ type: 'tcp', host: '127.0.0.1', port }, 1000)).toEqual({ ok: true });
    const closed = await new Promise<number>((resolve) => {
      const probe = createTcpServer().listen(0, '127.0.0.1', () => {
        const free = (probe.address() as AddressInfo).port;
        probe.close(() => resolve(free));
      });
    });
    expect(await socketProber.probe({ type: 'tcp', host: '127.0.0.1', port: closed }, 1000)).toEqual({ ok: false, message: `dial tcp 127.0.0.1:${closed}: connect: connection refused` });
  });
});
