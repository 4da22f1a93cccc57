import { connect, type TLSSocket } from 'node:tls';
import type { Clock } from '@keelson/sdk';
import type { Authentication, Identity } from './authentication.ts';
import type { ConnectionConfig } from './connection-config.ts';
import type { Exchange } from './exchange.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { Http2Exchange } from './http2-exchange.ts';
import { tlsOptions } from './tls-options.ts';

/** Milliseconds that a TLS handshake may take. */
const connectWithin = 30_000;

/** Keeps one exchange with the server: HTTP/2 where it speaks it, else HTTP/1.1; a new one after loss or when the certificate changes. */
export class Connection {
  #exchange: Promise<Exchange> | undefined;
  #cert: string | undefined;

  constructor(
    private readonly config: ConnectionConfig,
    private readonly authentication: Authentication,
    private readonly clock: Clock,
  ) {}

  /** The exchange and the identity to use with it. */
  async open(): Promise<{ readonly exchange: Exchange; readonly identity: Identity }> {
    const identity = await this.authentication.identity();
    if (this.#cert !== identity.cert) this.close();
    this.#cert = identity.cert;
    const opening = (this.#exchange ??= this.#connect(identity));
    try {
      return { exchange: await opening, identity };
    } catch (error) {
      if (this.#exchange === opening) this.#exchange = undefined;
      throw error;
    }
  }

  close(): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.then((open) => open.close()).catch(() => undefined);
  }

  async #connect(identity: Identity): Promise<Exchange> {
    const base = new URL(this.config.server);
    const tls = tlsOptions(this.config, identity);
    if (base.protocol === 'http:') return new Http1Exchange(base, tls);
    const socket = await this.#handshake(base, tls);
    if (socket.alpnProtocol !== 'h2') {
      socket.destroy();
      return new Http1Exchange(base, tls);
    }
    return new Http2Exchange(base, socket, this.clock, () => {
      this.#exchange = undefined;
    });
  }

  #handshake(base: URL, tls: ReturnType<typeof tlsOptions>): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: base.hostname.replace(/^\[|\]$/g, ''), port: Number(base.port || 443), ALPNProtocols: ['h2', 'http/1.1'], ...tls });
      const late = this.clock.after(connectWithin, () => socket.destroy(new Error(`server ${base.origin} did not answer the TLS handshake`)));
      socket.once('error', (error) => {
        late.cancel();
        reject(error);
      });
      socket.once('secureConnect', () => {
        late.cancel();
        socket.removeAllListeners('error');
        resolve(socket);
      });
    });
  }
}
