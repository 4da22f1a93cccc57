import { readFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { parse } from 'yaml';

interface Access {
  readonly host: string;
  readonly port: number;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** An answer as it came. */
export interface RawAnswer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** HTTP without any client library in between: for requests that no client would send. */
export class RawClient {
  readonly #access: Access;

  constructor(kubeconfig: string) {
    const config = parse(readFileSync(kubeconfig, 'utf8')) as {
      clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
      users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[];
    };
    const { cluster } = config.clusters[0]!;
    const { user } = config.users[0]!;
    const url = new URL(cluster.server);
    const pem = (text: string): Buffer => Buffer.from(text, 'base64');
    this.#access = { host: url.hostname, port: Number(url.port), ca: pem(cluster['certificate-authority-data']), cert: pem(user['client-certificate-data']), key: pem(user['client-key-data']) };
  }

  send(method: string, path: string, options: { readonly body?: string | Buffer; readonly headers?: Readonly<Record<string, string>>; readonly anonymous?: boolean } = {}): Promise<RawAnswer> {
    const { cert: _cert, key: _key, ...anonymous } = this.#access;
    const access = options.anonymous === true ? anonymous : this.#access;
    return new Promise((resolve, reject) => {
      const request = httpsRequest({ ...access, method, path, agent: false, headers: { ...(options.body === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers } }, (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          resolve({ code: response.statusCode!, headers: response.headers, text });
        });
        response.on('error', reject);
      });
      request.on('error', reject);
      // Node frames the body of a DELETE only when its length is told.
      if (method === 'DELETE' && options.body !== undefined) request.setHeader('content-length', Buffer.byteLength(options.body));
      request.end(options.body);
    });
  }

  /** An open TLS connection on which nothing was said yet. */
  socket(): Promise<TLSSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...this.#access, servername: 'localhost', ALPNProtocols: ['http/1.1'] }, () => {
        resolve(socket);
      });
      socket.once('error', reject);
    });
  }
}
