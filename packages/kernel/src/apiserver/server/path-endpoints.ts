import type { UserInfo } from '@keelson/sdk/auth';
import type { ApiServer } from '../api-server.ts';
import { methodNotAllowed, noSuchPath } from '../api-errors.ts';
import type { QueryReader } from '../request.ts';
import type { HttpExchange } from './http-exchange.ts';

/** One request to a path that is no resource. */
export interface PathRequest {
  readonly exchange: HttpExchange;
  readonly path: string;
  readonly query: QueryReader;
  readonly user: UserInfo;
}

export type PathHandler = (request: PathRequest) => Promise<void> | void;

interface Endpoint {
  readonly handler: PathHandler;
  readonly methods: readonly string[];
}

const verbs: Readonly<Record<string, string>> = { GET: 'get', HEAD: 'head', POST: 'post', PUT: 'put', PATCH: 'patch', DELETE: 'delete', OPTIONS: 'options' };

/** Everything that is not a resource: health, discovery, OpenAPI, version, keys, debugging. */
export class PathEndpoints {
  readonly #exact = new Map<string, Endpoint>();
  readonly #prefixes: { readonly prefix: string; readonly endpoint: Endpoint }[] = [];

  constructor(private readonly server: ApiServer) {}

  /** `path` ending in `/*` serves everything below. */
  set(path: string, handler: PathHandler, methods: readonly string[] = ['GET', 'HEAD']): void {
    if (path.endsWith('/*')) this.#prefixes.push({ prefix: path.slice(0, -1), endpoint: { handler, methods } });
    else this.#exact.set(path, { handler, methods });
  }

  /** The paths served, as `/` lists them. */
  list(): string[] {
    return [...this.#exact.keys()].sort();
  }

  /** Errors: 403, 404, 405. */
  async serve(exchange: HttpExchange, path: string, query: QueryReader, user: UserInfo): Promise<void> {
    await this.server.context.authorize({
      user, verb: verbs[exchange.method] ?? exchange.method.toLowerCase(), group: '', version: '', resource: '', subresource: '',
      namespace: undefined, name: undefined, path,
    });
    const endpoint = this.#find(path);
    if (endpoint === undefined) throw noSuchPath();
    if (!endpoint.methods.includes(exchange.method)) throw methodNotAllowed();
    await endpoint.handler({ exchange, path, query, user });
  }

  #find(path: string): Endpoint | undefined {
    const plain = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    return this.#exact.get(plain) ?? this.#prefixes.find(({ prefix }) => path.startsWith(prefix))?.endpoint;
  }
}
