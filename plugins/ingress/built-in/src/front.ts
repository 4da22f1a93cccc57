import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { KeelsonError } from '@keelson/sdk';
import type { Incoming, Outgoing } from './exchange.ts';
import type { ServerNames } from './server-names.ts';

/** Takes what comes in at the ports. */
export interface FrontHandler {
  request(request: Incoming, response: Outgoing): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export interface FrontLimits {
  /** Most bytes of a request's head. */
  readonly headBytes: number;
  /** Milliseconds for a client to send the head. */
  readonly headMs: number;
  /** Milliseconds that a connection may be without a byte in either direction. */
  readonly idleMs: number;
  readonly connections: number;
}

/** Streams of one HTTP/2 connection at a time. */
const streamsPerConnection = 128;

/** The ports that clients come in at: HTTP, and HTTPS with HTTP/2. */
export class Front {
  readonly #servers: readonly (Server | Http2SecureServer)[];
  readonly #sockets = new Set<Socket>();
  /** Port of HTTP and of HTTPS. */
  readonly ports: readonly number[];

  private constructor(servers: readonly (Server | Http2SecureServer)[], sockets: Set<Socket>) {
    this.#servers = servers;
    this.#sockets = sockets;
    this.ports = servers.map((server) => (server.address() as AddressInfo).port);
  }

  /** Port 0: any that is free. Rejects with KEEL_INGRESS_PORT. */
  static async open({ address, httpPort, httpsPort, limits, names, handler }: {
    readonly address: string; readonly httpPort: number; readonly httpsPort: number; readonly limits: FrontLimits; readonly names: ServerNames; readonly handler: FrontHandler;
  }): Promise<Front> {
    const plain = createServer({ maxHeaderSize: limits.headBytes, headersTimeout: limits.headMs, requestTimeout: 0, connectionsCheckingInterval: Math.min(5000, limits.headMs), keepAliveTimeout: limits.idleMs });
    const secure = createSecureServer({
      allowHTTP1: true,
      maxHeaderListPairs: 200,
      settings: { maxConcurrentStreams: streamsPerConnection, maxHeaderListSize: limits.headBytes },
      minVersion: 'TLSv1.2',
      handshakeTimeout: limits.headMs,
      SNICallback: (name, done) => {
        const context = names.find(name);
        if (context === undefined) done(new Error('no certificate for this name'));
        else done(null, context);
      },
    });
    const sockets = new Set<Socket>();
    const servers = [plain, secure];
    try {
      for (const [server, port] of [[plain, httpPort], [secure, httpsPort]] as const) {
        server.maxConnections = limits.connections;
        server.setTimeout(limits.idleMs);
        server.on('connection', (socket: Socket) => {
          sockets.add(socket);
          socket.once('close', () => sockets.delete(socket));
        });
        server.on('request', (request: Incoming, response: Outgoing) => handler.request(request, response));
        server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => handler.upgrade(request, socket, head));
        server.on('clientError', refuse);
        await listening(server, address, port);
      }
      // A client that names no host, or one that asks for an address.
      secure.on('sessionError', () => undefined);
      secure.on('tlsClientError', (_error, socket) => socket.destroy());
    } catch (error) {
      for (const server of servers) if (server.listening) server.close();
      throw error;
    }
    return new Front(servers, sockets);
  }

  /** Takes no new connections; resolves when those that are busy have ended, at the latest when the signal aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    const closed = this.#servers.map((server) => (server.listening ? new Promise<void>((resolve) => server.close(() => resolve())) : Promise.resolve()));
    for (const server of this.#servers) if ('closeIdleConnections' in server) server.closeIdleConnections();
    await Promise.race([Promise.all(closed), new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))]);
  }

  /** Ends what is left. */
  async close(): Promise<void> {
    const closed = this.#servers.map((server) => (server.listening ? new Promise<void>((resolve) => server.close(() => resolve())) : Promise.resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }
}

function listening(server: Server | Http2SecureServer, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const why = error.code === 'EADDRINUSE' ? 'it is taken' : error.code === 'EACCES' ? 'that needs root: give a port above 1023' : error.message;
      reject(new KeelsonError('KEEL_INGRESS_PORT', `the ingress cannot listen at ${address}:${port}: ${why}; give another with httpPort and httpsPort`));
    };
    server.once('error', failed);
    server.listen(port, address, () => {
      server.off('error', failed);
      server.on('error', () => undefined);
      resolve();
    });
  });
}

/** Of a request that is none. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [code, reason] = error.code === 'HPE_HEADER_OVERFLOW' ? [431, 'Request Header Fields Too Large'] : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? [408, 'Request Timeout'] : [400, 'Bad Request'];
  socket.end(`HTTP/1.1 ${code} ${reason}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}
