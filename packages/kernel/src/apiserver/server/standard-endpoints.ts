import type { ApiServer } from '../api-server.ts';
import { noSuchPath } from '../api-errors.ts';
import { Discovery } from '../discovery/index.ts';
import type { HttpExchange } from './http-exchange.ts';
import type { PathEndpoints, PathHandler } from './path-endpoints.ts';
import { sendObject } from './respond.ts';
import { addOpenApi } from './openapi-endpoint.ts';
import { answerHealth, type HealthCheck } from './serving-state.ts';
import { syncCheck } from './sync-check.ts';
import { versionInfo } from './version.ts';

export interface StandardEndpoints {
  /** `host:port` under which clients reach the server. */
  readonly address: string;
  /** Checks of `/readyz` beyond the server's own; evaluated at each request. */
  readonly readiness: () => readonly HealthCheck[];
}

/** Health, version, discovery and the keys of service-account tokens. */
export function addStandardEndpoints(paths: PathEndpoints, server: ApiServer, options: StandardEndpoints): void {
  const ping: HealthCheck = { name: 'ping', check: () => undefined };
  const store: HealthCheck = { name: 'etcd', check: () => server.context.store.health().then(() => undefined) };
  const synced = syncCheck(() => server.context.registry.storages());
  addHealth(paths, 'livez', () => [ping, store]);
  addHealth(paths, 'healthz', () => [ping, store]);
  addHealth(paths, 'readyz', () => [ping, store, synced, ...options.readiness()]);
  paths.set('/version', ({ exchange }) => {
    sendObject(exchange, 200, versionInfo());
  });
  addDiscovery(paths, server, options.address);
  addOpenApi(paths, server);
  paths.set('/', ({ exchange }) => {
    sendObject(exchange, 200, { paths: paths.list() });
  });
  const { tokens } = server;
  if (tokens !== undefined) {
    paths.set('/.well-known/openid-configuration', ({ exchange }) => {
      sendObject(exchange, 200, tokens.openidConfiguration(`https://${options.address}/openid/v1/jwks`));
    });
    paths.set('/openid/v1/jwks', ({ exchange }) => {
      exchange.send(200, { 'content-type': 'application/jwk-set+json', 'cache-control': 'public, max-age=3600' }, [Buffer.from(JSON.stringify(tokens.jwks()))]);
    });
  }
}

function addHealth(paths: PathEndpoints, name: string, checks: () => readonly HealthCheck[]): void {
  const answer: PathHandler = async ({ exchange, path, query }) => {
    const single = path.slice(name.length + 2);
    const all = checks();
    const chosen = single === '' ? all : all.filter((check) => check.name === single);
    if (chosen.length === 0) throw noSuchPath();
    const exclude = query.get('exclude');
    const health = await answerHealth(name, chosen, { verbose: query.get('verbose') !== undefined, exclude: exclude === undefined ? [] : exclude.split(',') });
    exchange.send(health.ok ? 200 : 500, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache, private', 'x-content-type-options': 'nosniff' }, [Buffer.from(health.text)]);
  };
  paths.set(`/${name}`, answer);
  paths.set(`/${name}/*`, answer);
}

function addDiscovery(paths: PathEndpoints, server: ApiServer, address: string): void {
  const { registry } = server.context;
  const discovery = new Discovery(registry.kinds(), { serverAddress: address });
  registry.onChange(() => {
    discovery.setKinds(registry.kinds());
  });
  const answer: PathHandler = ({ exchange, path }) => {
    const document = discovery.answer(path, exchange.header('accept'));
    if (document === undefined) throw noSuchPath();
    const headers = { 'content-type': document.contentType, 'cache-control': 'public', vary: 'Accept', ...(document.etag === undefined ? {} : { etag: document.etag }) };
    if (document.etag !== undefined && matches(exchange, document.etag)) exchange.send(304, headers, []);
    else exchange.send(200, headers, [document.body]);
  };
  for (const path of ['/api', '/apis']) {
    paths.set(path, answer);
    paths.set(`${path}/*`, answer);
  }
}

function matches(exchange: HttpExchange, etag: string): boolean {
  return exchange.header('if-none-match')?.split(',').some((one) => one.trim() === etag) === true;
}
