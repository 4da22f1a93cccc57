import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { HttpExchange, ResponseHeaders, ResponseStream } from './http-exchange.ts';
import { pairs } from './raw-headers.ts';
import { readBody } from './read-body.ts';

/** An HTTP/1.1 request. */
export class Http1Exchange implements HttpExchange {
  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
  ) {
    request.on('error', ignore);
    response.on('error', ignore);
  }

  get method(): string {
    return this.request.method!;
  }

  get url(): string {
    return this.request.url!;
  }

  get socket(): TLSSocket {
    return this.request.socket as TLSSocket;
  }

  get answered(): boolean {
    return this.response.headersSent;
  }

  header(name: string): string | undefined {
    const value = this.request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  headerPairs(): Iterable<readonly [string, string]> {
    return pairs(this.request.rawHeaders);
  }

  body(limit: number): Promise<Buffer> {
    return readBody(this.request, this.header('content-length'), limit);
  }

  send(code: number, headers: ResponseHeaders, body: readonly Buffer[]): void {
    let length = 0;
    for (const part of body) length += part.length;
    // A flat list is what Node writes fastest.
    const list: (string | number | readonly string[])[] = [];
    for (const name in headers) list.push(name, headers[name]!);
    list.push('content-length', length);
    this.response.writeHead(code, list as never);
    if (body.length > 1) this.response.cork();
    for (let i = 0; i < body.length - 1; i++) this.response.write(body[i]);
    this.response.end(body[body.length - 1]);
    if (body.length > 1) this.response.uncork();
  }

  open(code: number, headers: ResponseHeaders): ResponseStream {
    const { response } = this;
    response.writeHead(code, headers as never);
    response.flushHeaders();
    return {
      write: (chunk) => {
        if (!response.destroyed && !response.writableEnded) response.write(chunk);
      },
      get backlog() {
        return response.writableLength;
      },
      end: () => {
        if (!response.destroyed) response.end();
      },
      onDrain: (listener) => {
        response.once('drain', listener);
      },
      onClose: (listener) => {
        if (response.destroyed) queueMicrotask(listener);
        else response.once('close', listener);
      },
    };
  }
}

const ignore = (): void => undefined;
