import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { Cancel, Clock } from '@keelson/sdk';
import type { Exchange, ExchangeRequest, ExchangeResponse } from './exchange.ts';

/** A session is asked for a sign of life when it was silent so long, and given up when none comes; upstream's values, milliseconds. */
const pingAfter = 30_000;
const pingWithin = 15_000;

/** HTTP/2: all calls and watches over one connection, which is given up when it does not answer pings. */
export class Http2Exchange implements Exchange {
  readonly #session: ClientHttp2Session;
  #timer: Cancel | undefined;
  #open = 0;

  /** `socket` has agreed on h2 already. */
  constructor(
    base: URL,
    socket: TLSSocket,
    private readonly clock: Clock,
    closed: () => void,
  ) {
    this.#session = connect(base.origin, { createConnection: () => socket, settings: { enablePush: false, initialWindowSize: 4 << 20 } });
    this.#session.setLocalWindowSize(16 << 20);
    this.#session.on('error', () => undefined); // every open stream reports it
    this.#session.once('close', () => {
      this.#timer?.cancel();
      closed();
    });
    this.#session.once('goaway', closed);
    this.#session.unref();
    this.#ping();
  }

  send(request: ExchangeRequest): Promise<ExchangeResponse> {
    const { method, path, headers, body, signal } = request;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const stream = this.#session.request({ ':method': method, ':path': path, ...headers }, { endStream: body === undefined });
      this.#hold(stream);
      const abort = (): void => {
        reject(signal?.reason as Error);
        stream.close(constants.NGHTTP2_CANCEL);
      };
      signal?.addEventListener('abort', abort, { once: true });
      stream.once('close', () => {
        signal?.removeEventListener('abort', abort);
        reject(new Error('connection was closed before an answer came'));
      });
      // Stays: after the answer's head it only keeps the body's error, which its reader gets, from being unhandled.
      stream.on('error', reject);
      stream.once('response', (head) => {
        resolve({ status: Number(head[':status']), header: (name) => [head[name]].flat()[0]?.toString(), body: stream });
      });
      if (body !== undefined) stream.end(body);
    });
  }

  close(): void {
    this.#timer?.cancel();
    this.#session.destroy();
  }

  /** An open stream keeps the process alive, an idle session does not. */
  #hold(stream: ClientHttp2Stream): void {
    if (this.#open++ === 0) this.#session.ref();
    stream.once('close', () => {
      if (--this.#open === 0 && !this.#session.destroyed) this.#session.unref();
    });
  }

  #ping(): void {
    this.#timer = this.clock.after(pingAfter, () => {
      if (this.#session.destroyed) return;
      const late = this.clock.after(pingWithin, () => this.#session.destroy(new Error('server does not answer pings')));
      this.#session.ping((error) => {
        late.cancel();
        if (error === null) this.#ping();
      });
    });
  }
}
