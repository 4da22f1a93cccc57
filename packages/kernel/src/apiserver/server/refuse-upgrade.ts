import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { StatusError } from '@keelson/sdk';

/** Answers a request for a WebSocket or SPDY stream that nothing serves with a Status that clients can show. */
export function refuseUpgrade(request: IncomingMessage, socket: Socket): void {
  const subresource = /\/(exec|attach|portforward|proxy)\b/.exec(request.url ?? '')?.[1] ?? 'streaming';
  const status = new StatusError('BadRequest', `${subresource} is not supported by this cluster: no runtime of its nodes offers it`);
  const body = JSON.stringify(status.toStatus());
  socket.end(`HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
