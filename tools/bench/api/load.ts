// A closed-loop HTTP/1.1 load over TLS that costs the client as little as possible: requests are prepared bytes,
// answers are only measured, not parsed.
import { connect, type TLSSocket } from 'node:tls';

export interface Target {
  readonly port: number;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly failed: number;
}

/** `next` gives the bytes of each request; runs until `requests` are answered. */
export async function load(target: Target, options: { readonly connections: number; readonly requests: number; readonly next: (i: number) => Buffer }): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: options.connections }, () => open(target)));
  let sent = 0;
  let failed = 0;
  const started = performance.now();
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((resolve, reject) => {
          let rest: Buffer = Buffer.alloc(0);
          const send = (): void => {
            if (sent >= options.requests) {
              socket.removeAllListeners('data');
              resolve();
              return;
            }
            socket.write(options.next(sent++));
          };
          socket.on('data', (chunk: Buffer) => {
            rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
            const end = responseEnd(rest);
            if (end === undefined) return;
            if (rest[9] !== 0x32) failed += 1; // "HTTP/1.1 2xx"
            rest = rest.subarray(end);
            send();
          });
          socket.on('error', reject);
          socket.on('close', () => { resolve(); });
          send();
        }),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  for (const socket of sockets) socket.destroy();
  return { requests: options.requests, seconds, perSecond: options.requests / seconds, failed };
}

function open({ port, ca, cert, key }: Target): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca, cert, key, servername: 'localhost', ALPNProtocols: ['http/1.1'] }, () => {
      socket.setNoDelay(true);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** End of the first answer in the buffer, or undefined while it is incomplete. Answers carry a content-length. */
function responseEnd(buffer: Buffer): number | undefined {
  const head = buffer.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const length = /content-length: (\d+)/i.exec(buffer.toString('latin1', 0, head))?.[1];
  const end = head + 4 + Number(length ?? 0);
  return buffer.length >= end ? end : undefined;
}

export function get(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\nuser-agent: bench/1\r\n\r\n`);
}

export function post(path: string, body: string): Buffer {
  return Buffer.from(`POST ${path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\nuser-agent: bench/1\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
