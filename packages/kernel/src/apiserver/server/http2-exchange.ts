import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { HttpExchange, ResponseHeaders, ResponseStream } from './http-exchange.ts';
import { pairs } from './raw-headers.ts';
import { readBody } from './read-body.ts';

/** An HTTP/2 stream, without Node's compatibility layer in between. */
export class Http2Exchange implements HttpExchange {
  readonly method: string;
  readonly url: string;
  #answered = false;

  constructor(
    private readonly stream: ServerHttp2Stream,
    private readonly headers: IncomingHttpHeaders,
    private readonly raw: readonly string[],
  ) {
    this.method = headers[':method'] as string;
    this.url = headers[':path'] as string;
    stream.on('error', ignore);
  }

  get socket(): TLSSocket {
    return this.stream.session!.socket as TLSSocket;
  }

  get answered(): boolean {
    return this.#answered;
  }

  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  headerPairs(): Iterable<readonly [string, string]> {
    return pairs(this.raw);
  }

  body(limit: number): Promise<Buffer> {
    return readBody(this.stream, this.header('content-length'), limit);
  }

  send(code: number, headers: ResponseHeaders, body: readonly Buffer[]): void {
    this.#answered = true;
    if (this.stream.destroyed || this.stream.closed) return;
    this.stream.respond({ ':status': code, ...headers } as never, { endStream: body.length === 0 });
    if (body.length === 0) return;
    for (let i = 0; i < body.length - 1; i++) this.stream.write(body[i]!);
    this.stream.end(body[body.length - 1]);
  }

  open(code: number, headers: ResponseHeaders): ResponseStream {
    this.#answered = true;
    const { stream } = this;
    if (!stream.destroyed && !stream.closed) stream.respond({ ':status': code, ...headers } as never);
    return {
      write: (chunk) => {
        if (!stream.destroyed && !stream.writableEnded) stream.write(chunk);
      },
      get backlog() {
        return stream.writableLength;
      },
      end: () => {
        if (!stream.destroyed) stream.end();
      },
      onDrain: (listener) => {
        stream.once('drain', listener);
      },
      onClose: (listener) => {
        if (stream.destroyed || stream.closed) queueMicrotask(listener);
        else stream.once('close', listener);
      },
    };
  }
}

/** A client that resets its stream is an everyday event; `close` tells whoever cares. */
const ignore = (): void => undefined;
