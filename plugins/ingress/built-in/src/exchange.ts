import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { asFields } from './forwarded-headers.ts';

export type Incoming = IncomingMessage | Http2ServerRequest;
export type Outgoing = ServerResponse | Http2ServerResponse;

/** True for a request over HTTP/2. */
export function isHttp2(request: Incoming): request is Http2ServerRequest {
  return request.httpVersionMajor === 2;
}

/** The host that the client named. */
export function hostHeader(request: Incoming): string | undefined {
  return isHttp2(request) ? request.authority || request.headers.host : request.headers.host;
}

/** The connection as it was when the request came. */
export function connectionOf(request: Incoming): { readonly address: string; readonly port: number; readonly scheme: 'http' | 'https' } {
  const socket = (isHttp2(request) ? request.stream.session?.socket : request.socket) as Socket | TLSSocket | undefined;
  return {
    address: (socket?.remoteAddress ?? '').replace(/^::ffff:/, ''),
    port: socket?.localPort ?? 0,
    scheme: socket !== undefined && 'encrypted' in socket ? 'https' : 'http',
  };
}

/** Whether a body follows (RFC 9112, 6.3; RFC 9113, 8.1). */
export function hasBody(request: Incoming): boolean {
  if (isHttp2(request)) return !request.stream.endAfterHeaders;
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) > 0);
}

/** Writes the head of an answer; HTTP/2 has neither a reason phrase nor repeats in a list. */
export function writeHead(response: Outgoing, code: number, headers: string[]): void {
  if (response.req.httpVersionMajor === 2) (response as Http2ServerResponse).writeHead(code, asFields(headers));
  else (response as ServerResponse).writeHead(code, headers);
}

/** A short answer of our own, in plain text. */
export function answer(response: Outgoing, code: number, text: string, more: readonly string[] = []): void {
  if (response.headersSent || response.writableEnded) {
    response.destroy();
    return;
  }
  writeHead(response, code, ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(Buffer.byteLength(text)), 'X-Content-Type-Options', 'nosniff', ...more]);
  (response as ServerResponse).end(response.req.method === 'HEAD' ? undefined : text);
}
