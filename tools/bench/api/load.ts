// A closed-loop HTTP/1.1 load over TLS that costs the client as little as possible: requests are prepared bytes,
// answers are only measured, not parsed.
import { connect, type TLSSocket } from 'node:tls';
import { ResponseReader } from './response-reader.ts';

/** A server and who calls it. */
export interface Target {
  readonly port: number;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface LoadOptions {
  readonly connections: number;
  readonly requests: number;
  /** The bytes of each request. */
  readonly next: (i: number) => Buffer;
  /** Called when all connections are open, before the first request: handshakes are another matter. */
  readonly connected?: () => Promise<unknown>;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Bytes of the answers' bodies, all together. */
  readonly bytes: number;
}

/** Keeps one request under way on each connection until all are answered. Errors: an answer that is not 2xx. */
export async function load(target: Target, options: LoadOptions): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: options.connections }, () => open(target)));
  await options.connected?.();
  let sent = 0;
  let bytes = 0;
  const run = (socket: TLSSocket): Promise<void> =>
    new Promise((resolve, reject) => {
      const reader = new ResponseReader();
      const send = (): void => {
        if (sent >= options.requests) resolve();
        else socket.write(options.next(sent++));
      };
      socket.on('data', (chunk: Buffer) => {
        if (!reader.push(chunk)) return;
        if (!reader.ok) reject(new Error(`the server answered: ${chunk.toString('utf8').slice(0, 600)}`));
        bytes += reader.length;
        send();
      });
      socket.once('error', reject);
      socket.once('close', () => { reject(new Error('the server closed a connection')); });
      send();
    });
  const started = performance.now();
  await Promise.all(sockets.map(run));
  const seconds = (performance.now() - started) / 1000;
  for (const socket of sockets) {
    socket.removeAllListeners();
    socket.on('error', () => undefined);
    socket.destroy();
  }
  return { requests: options.requests, seconds, perSecond: options.requests / seconds, bytes };
}

/** A connection with the target's client certificate. */
export function open({ port, ca, cert, key }: Target): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca, cert, key, servername: 'localhost', ALPNProtocols: ['http/1.1'] }, () => {
      socket.setNoDelay(true);
      socket.removeListener('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

export function get(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\nuser-agent: bench/1\r\n\r\n`);
}

export function post(path: string, body: string): Buffer {
  return Buffer.from(`POST ${path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\nuser-agent: bench/1\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
