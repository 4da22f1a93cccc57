import * as http from 'node:http';
import * as https from 'node:https';
import type { Exchange, ExchangeRequest, ExchangeResponse } from './exchange.ts';
import type { TlsOptions } from './tls-options.ts';

/** HTTP/1.1 with kept-alive connections; for servers without HTTP/2 and for plain HTTP (`kubectl proxy`). */
export class Http1Exchange implements Exchange {
  readonly #agent: http.Agent;

  constructor(
    private readonly base: URL,
    private readonly tls: TlsOptions,
  ) {
    const options = { keepAlive: true, keepAliveMsecs: 30_000, maxSockets: 100 };
    this.#agent = base.protocol === 'https:' ? new https.Agent({ ...options, ...tls }) : new http.Agent(options);
  }

  send(request: ExchangeRequest): Promise<ExchangeResponse> {
    const { method, path, headers, body, signal } = request;
    const target = { host: this.base.hostname.replace(/^\[|\]$/g, ''), port: this.base.port || (this.base.protocol === 'https:' ? 443 : 80), method, path, headers, agent: this.#agent };
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const outgoing = this.base.protocol === 'https:' ? https.request({ ...target, ...this.tls }) : http.request(target);
      const abort = (): void => {
        reject(signal?.reason as Error);
        // Without an error: the socket may be back in the pool by now, where nobody listens for one.
        outgoing.destroy();
      };
      signal?.addEventListener('abort', abort, { once: true });
      outgoing.once('close', () => signal?.removeEventListener('abort', abort));
      // Stays: an abort makes a second error of the cut socket.
      outgoing.on('error', reject);
      outgoing.once('response', (response) => {
        response.on('error', () => undefined); // reported to who reads the body
        resolve({ status: response.statusCode ?? 0, header: (name) => [response.headers[name]].flat()[0], body: response });
      });
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
