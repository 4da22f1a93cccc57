import { addStandardEndpoints, HttpServer, HttpsListener, PathEndpoints, type ApiServer, type ClusterPki, type HealthCheck } from '@keelson/kernel/apiserver';

export interface ApiListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly pki: ClusterPki;
  readonly readiness: () => readonly HealthCheck[];
  readonly paths?: (paths: PathEndpoints, server: ApiServer) => void;
}

/** Names in the serving certificate beyond those that every one has. */
export function servingHosts(bindAddress: string, firstServiceAddress: string): readonly string[] {
  return [bindAddress, firstServiceAddress].filter((name) => name !== '0.0.0.0' && name !== '::');
}

/** The API server's HTTPS front. */
export class ApiListener {
  #draining = false;

  private constructor(
    private readonly listener: HttpsListener,
    private readonly http: HttpServer,
    readonly host: string,
  ) {}

  /** Errors: `KEEL_PORT_TAKEN`, `KEEL_LISTEN_FAILED`. */
  static async open(server: ApiServer, options: ApiListenerOptions): Promise<ApiListener> {
    const { host, port, pki } = options;
    const serving = await pki.serving(servingHosts(host, server.serviceRange.first));
    const paths = new PathEndpoints(server);
    const http = new HttpServer(server, paths);
    const listener = await HttpsListener.listen({
      host, port, handle: http.handle,
      tls: { cert: serving.certificate, key: serving.privateKey, clientCa: await pki.authority() },
    });
    const front = new ApiListener(listener, http, host);
    const shutdown: HealthCheck = { name: 'shutdown', check: () => (front.#draining ? 'process is shutting down' : undefined) };
    addStandardEndpoints(paths, server, { address: `${host}:${listener.port}`, readiness: () => [...options.readiness(), shutdown] });
    options.paths?.(paths, server);
    return front;
  }

  get port(): number {
    return this.listener.port;
  }

  /** URL for clients on this machine. */
  get url(): string {
    const host = this.host === '0.0.0.0' ? '127.0.0.1' : this.host === '::' ? '[::1]' : this.host;
    return `https://${host}:${this.port}`;
  }

  /** Readiness goes off, watches end regularly, no new connections. */
  drain(): void {
    this.#draining = true;
    this.http.drain();
    this.listener.drain();
  }

  async close(): Promise<void> {
    if (!this.#draining) this.drain();
    await this.listener.close();
  }
}
