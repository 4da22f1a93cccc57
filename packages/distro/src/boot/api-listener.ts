import { addStandardEndpoints, HttpServer, HttpsListener, PathEndpoints, PodStreams, type ApiServer, type ClusterPki, type HealthCheck } from '@keelson/kernel/apiserver';

export interface ApiListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** More addresses to listen at, with the same port. */
  readonly more?: readonly string[] | undefined;
  readonly pki: ClusterPki;
  readonly readiness: () => readonly HealthCheck[];
  readonly paths?: (paths: PathEndpoints, server: ApiServer) => void;
}

/** Names in the serving certificate beyond those that every one has. */
export function servingHosts(bindAddress: string, firstServiceAddress: string, more: readonly string[] = []): readonly string[] {
  return [bindAddress, firstServiceAddress, ...more].filter((name) => name !== '0.0.0.0' && name !== '::');
}

/** The API server's HTTPS front. */
export class ApiListener {
  #draining = false;

  private constructor(
    private readonly listener: HttpsListener,
    private readonly others: readonly HttpsListener[],
    private readonly http: HttpServer,
    readonly host: string,
  ) {}

  /** Errors: `KEEL_PORT_TAKEN`, `KEEL_LISTEN_FAILED`. */
  static async open(server: ApiServer, options: ApiListenerOptions): Promise<ApiListener> {
    const { host, port, pki, more = [] } = options;
    const serving = await pki.serving(servingHosts(host, server.serviceRange.first, more));
    const paths = new PathEndpoints(server);
    const http = new HttpServer(server, paths);
    const upgrade = new PodStreams(server).handle;
    const tls = { cert: serving.certificate, key: serving.privateKey, clientCa: await pki.authority() };
    const listener = await HttpsListener.listen({ host, port, handle: http.handle, upgrade, tls });
    const others: HttpsListener[] = [];
    try {
      // Who listens at every address listens at these already.
      for (const address of host === '0.0.0.0' || host === '::' ? [] : more) others.push(await HttpsListener.listen({ host: address, port: listener.port, handle: http.handle, upgrade, tls }));
    } catch (error) {
      await Promise.all([listener, ...others].map((open) => open.close()));
      throw error;
    }
    const front = new ApiListener(listener, others, http, host);
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
    for (const listener of [this.listener, ...this.others]) listener.drain();
  }

  async close(): Promise<void> {
    if (!this.#draining) this.drain();
    await Promise.all([this.listener, ...this.others].map((listener) => listener.close()));
  }
}
