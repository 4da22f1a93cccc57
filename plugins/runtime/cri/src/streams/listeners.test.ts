import { createServer, type AddressInfo } from 'node:net';
import { listensOn } from './listeners.ts';

describe('listensOn', () => {
  it.each(['127.0.0.1', '0.0.0.0', '::1', '::'])('sees a listener on %s, and its end', async (host) => {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
    const { port } = server.address() as AddressInfo;
    expect(await listensOn(process.pid, port)).toBe(true);
    await new Promise((resolve) => server.close(resolve));
    expect(await listensOn(process.pid, port)).toBe(false);
  });

  it('does not know of what it cannot see', async () => {
    expect(await listensOn(process.pid, 80, '/no/proc')).toBeUndefined();
  });
});
