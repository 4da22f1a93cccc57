import type { Verb } from '@keelson/api';
import type { UserInfo } from '@keelson/sdk/auth';
import type { ApiServer } from '../api-server.ts';
import { noSuchPath, methodNotAllowed } from '../api-errors.ts';
import { readImpersonation } from '../authentication/index.ts';
import type { ApiRequest, RequestBody } from '../request.ts';
import { dispatch } from '../routing/dispatch.ts';
import { parseResourcePath, type ResourcePath } from '../routing/resource-path.ts';
import { requireAccess } from '../routing/access.ts';
import { credentialsOf } from './credentials.ts';
import type { HttpExchange } from './http-exchange.ts';
import type { PathEndpoints } from './path-endpoints.ts';
import { renderReply } from './render.ts';
import { RequestTraces } from './request-traces.ts';
import { sendError } from './respond.ts';
import { streamHandlers } from './streams.ts';
import { WatchResponses } from './watch-response.ts';

/** Upstream's limit for a request body. */
const maxBody = 3 * 1024 * 1024;

const verbs: Readonly<Record<string, Verb>> = { GET: 'get', HEAD: 'get', POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** The API over HTTP: who calls, may they, what do they want, and the answer in the form that they accept. */
export class HttpServer {
  readonly #watches: WatchResponses;
  readonly #traces: RequestTraces;

  constructor(
    private readonly server: ApiServer,
    private readonly paths: PathEndpoints,
  ) {
    this.#traces = new RequestTraces(server.context);
    this.#watches = new WatchResponses(server.context);
  }

  /** Never throws and never rejects: every failure becomes a Status. */
  readonly handle = (exchange: HttpExchange): void => {
    const failed = (error: unknown): void => {
      sendError(exchange, error, this.server.context.log);
    };
    try {
      this.#serve(exchange).catch(failed);
    } catch (error) {
      failed(error);
    }
  };

  /** Ends the running watches, as a server that restarts does. */
  drain(): void {
    this.#watches.endAll();
  }

  /** Waits for nothing that is known at once: with tracing on, the engine tells of every promise. */
  #serve(exchange: HttpExchange): Promise<void> {
    const authenticated = this.server.authenticate(credentialsOf(exchange));
    if (authenticated instanceof Promise) return authenticated.then((caller) => this.#serveAs(exchange, caller));
    return this.#serveAs(exchange, authenticated);
  }

  #serveAs(exchange: HttpExchange, caller: UserInfo): Promise<void> {
    const acting = exchange.header('impersonate-user') !== undefined || exchange.header('impersonate-group') !== undefined || exchange.header('impersonate-uid') !== undefined;
    return acting ? this.#impersonated(exchange, caller).then((user) => this.#route(exchange, user)) : this.#route(exchange, caller);
  }

  #route(exchange: HttpExchange, user: UserInfo): Promise<void> {
    const question = exchange.url.indexOf('?');
    const path = question < 0 ? exchange.url : exchange.url.slice(0, question);
    const resource = parseResourcePath(path);
    const query = question < 0 ? noQuery : queryReader(exchange.url.slice(question + 1));
    return resource === undefined ? this.paths.serve(exchange, path, query, user) : this.#serveResource(exchange, resource, query, user);
  }

  async #serveResource(exchange: HttpExchange, path: ResourcePath, query: { get(name: string): string | undefined }, user: UserInfo): Promise<void> {
    const { context } = this.server;
    const served = context.registry.find(path.group, path.version, path.plural);
    if (served === undefined) throw noSuchPath();
    const warnings: string[] = [];
    const verb = verbOf(exchange.method, path, query);
    const bodyNeeded = verb === 'create' || verb === 'update' || verb === 'patch' || verb === 'delete' || verb === 'deletecollection';
    const stream = streamHandlers.find(served.kind, path.subresource);
    const request: ApiRequest = {
      verb, resource: served, user, query,
      namespace: path.namespace,
      name: path.name,
      subresource: path.subresource,
      body: bodyNeeded && stream === undefined ? bodyOf(exchange, await exchange.body(maxBody)) : undefined,
      userAgent: exchange.header('user-agent') ?? '',
      signal: undefined,
      warn: (text) => {
        if (!warnings.includes(text)) warnings.push(text);
      },
    };
    if (served.kind.namespaced && request.namespace === undefined && (request.name !== undefined || verb === 'create')) throw noSuchPath();
    const access = requireAccess(context, request);
    if (access !== undefined) await access;
    if (stream !== undefined) {
      await stream(this.server, request, exchange, path);
      return;
    }
    if (verb === 'watch') {
      await this.#watches.serve(exchange, request);
      return;
    }
    try {
      const reply = await this.#traces.around(exchange, request, path, () => dispatch(context, this.server.special, request));
      const rendered = renderReply(exchange, request, reply, context, warnings);
      if (rendered !== undefined) await rendered;
    } catch (error) {
      sendError(exchange, error, context.log, warnings);
    }
  }

  async #impersonated(exchange: HttpExchange, caller: UserInfo): Promise<UserInfo> {
    const impersonation = readImpersonation(caller, exchange.headerPairs());
    if (impersonation === undefined) return caller;
    for (const check of impersonation.checks) await this.server.context.authorize(check);
    return impersonation.user;
  }
}

function verbOf(method: string, path: ResourcePath, query: { get(name: string): string | undefined }): Verb {
  const verb = verbs[method];
  if (verb === undefined) throw methodNotAllowed();
  if (verb === 'get' && path.subresource === '') {
    const watching = query.get('watch');
    if (path.watch || watching === 'true' || watching === '1') return 'watch';
    if (path.name === undefined) return 'list';
  }
  if (path.name === undefined) {
    if (verb === 'delete') return 'deletecollection';
    if (verb !== 'create' && verb !== 'get') throw methodNotAllowed();
  } else if (verb === 'create' && path.subresource === '') throw methodNotAllowed();
  return verb;
}

function bodyOf(exchange: HttpExchange, bytes: Buffer): RequestBody {
  const type = exchange.header('content-type') ?? '';
  const end = type.indexOf(';');
  return { type: 'bytes', contentType: (end < 0 ? type : type.slice(0, end)).trim().toLowerCase(), bytes };
}

const noQuery = { get: (): undefined => undefined };

function queryReader(text: string): { get(name: string): string | undefined } {
  const parameters = new URLSearchParams(text);
  return { get: (name) => parameters.get(name) ?? undefined };
}
