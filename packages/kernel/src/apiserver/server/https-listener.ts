import type { IncomingMessage, ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { KeelsonError } from '@keelson/sdk';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { Http2Exchange } from './http2-exchange.ts';
import type { HttpExchange } from './http-exchange.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls: { readonly cert: string; readonly key: string; readonly clientCa: string };
  readonly handle: (exchange: HttpExchange) => void;
  /** WebSocket and SPDY requests. */
  readonly upgrade?: (request: IncomingMessage, socket: Socket, head: Buffer) => void;
}

/** The one listening socket: HTTP/2 and HTTP/1.1 over TLS, client certificates asked for but not insisted on. */
export class HttpsListener {
  readonly #sockets = new Set<Socket>();
  readonly #sessions = new Set<ServerHttp2Session>();

  private constructor(
    private readonly server: Http2SecureServer,
    readonly port: number,
  ) {
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('error', () => undefined);
      session.once('close', () => this.#sessions.delete(session));
    });
  }

  /** Errors: `KEEL_PORT_TAKEN`, `KEEL_LISTEN_FAILED`. */
  static listen(options: ListenOptions): Promise<HttpsListener> {
    const { cert, key, clientCa } = options.tls;
    const server = createSecureServer({
      allowHTTP1: true, cert, key, ca: clientCa, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2',
      handshakeTimeout: 30_000,
      // As node:https does: an event must not wait until the client has acknowledged the one before it.
      noDelay: true,
      settings: { maxConcurrentStreams: 1000, initialWindowSize: 1024 * 1024 },
      maxSessionMemory: 64,
    });
    // Listening for 'request' would put Node's compatibility objects in front of every HTTP/2 stream as well.
    server.removeAllListeners('newListener');
    server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]) => {
      options.handle(new Http2Exchange(stream, headers, raw));
    });
    server.on('request', (request, response) => {
      options.handle(new Http1Exchange(request as unknown as IncomingMessage, response as unknown as ServerResponse));
    });
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      if (options.upgrade !== undefined) options.upgrade(request, socket, head);
      else refuseUpgrade(request, socket);
    });
    server.on('tlsClientError', (_error, socket) => {
      socket.destroy();
    });
    server.on('sessionError', () => undefined);
    server.setTimeout(0);
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => {
        reject(listenError(error, options));
      });
      server.listen(options.port, options.host, () => {
        server.removeAllListeners('error');
        server.on('error', () => undefined);
        resolve(new HttpsListener(server, (server.address() as AddressInfo).port));
      });
    });
  }

  /** Takes no new connections; sessions that are idle go at once, others when their streams end. */
  drain(): void {
    this.server.close();
    for (const session of this.#sessions) session.close();
  }

  /** Cuts what is left. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => { resolve(); }));
    for (const session of this.#sessions) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function listenError(error: NodeJS.ErrnoException, { host, port }: ListenOptions): KeelsonError {
  if (error.code === 'EADDRINUSE') {
    return new KeelsonError('KEEL_PORT_TAKEN', `port ${port} on ${host} is in use by another process; stop it, or choose another with --api-port (0 takes any free one)`, { cause: error });
  }
  return new KeelsonError('KEEL_LISTEN_FAILED', `cannot listen on ${host}:${port}: ${error.message}`, { cause: error });
}
