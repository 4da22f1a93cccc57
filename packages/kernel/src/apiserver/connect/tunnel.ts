import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Headers that are between neighbours, or say who the caller is: the next server is told by whom it trusts. */
const dropped = /^(host|authorization|impersonate-.*|kubectl-.*)$/i;

/** The server that a tunnel leads to. */
export interface TunnelEnd {
  readonly socket: Socket;
  /** `connect`, or `secureConnect` over TLS. */
  readonly connected: 'connect' | 'secureConnect';
  /** For the `Host` header. */
  readonly host: string;
  /** With query. */
  readonly path: string;
}

/**
 * Hands a client's upgraded connection through to another HTTP server: the request's head with another address, then bytes
 * both ways until both sides have ended. Resolves when it is over; rejects when the server cannot be reached.
 */
export function tunnel(request: IncomingMessage, client: Duplex, head: Buffer, end: TunnelEnd): Promise<void> {
  const server = end.socket;
  return new Promise((resolve, reject) => {
    let isConnected = false;
    const over = (): void => {
      client.destroy();
      server.destroy();
      resolve();
    };
    server.once('error', (error) => {
      if (isConnected) over();
      else reject(error);
    });
    client.once('error', over);
    client.once('close', over);
    server.once(end.connected, () => {
      isConnected = true;
      server.write(requestHead(request, end));
      if (head.length > 0) server.write(head);
      server.once('close', over);
      // Each side's end goes on to the other; the other's answer may still be on its way.
      client.pipe(server);
      server.pipe(client);
    });
  });
}

function requestHead(request: IncomingMessage, { host, path }: TunnelEnd): string {
  const lines = [`${request.method} ${path} HTTP/1.1`, `Host: ${host}`];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]!;
    if (!dropped.test(name)) lines.push(`${name}: ${request.rawHeaders[i + 1]!}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
