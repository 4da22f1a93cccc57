import { context as otel, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Attributes, type Span } from '@opentelemetry/api';
import { formatApiVersion, type Kind } from '@keelson/api';
import { Attr, noopTracer, parseTraceparent, SpanName } from '@keelson/telemetry';
import type { UserInfo } from '@keelson/sdk/auth';
import type { ApiContext } from '../context.ts';
import type { ApiRequest, Reply, RequestBody } from '../request.ts';
import type { ResourcePath } from '../routing/resource-path.ts';
import { ClientSessions } from './client-sessions.ts';
import type { HttpExchange } from './http-exchange.ts';
import { asStatusError } from './respond.ts';

/** How spans call the requests of one sort. */
interface RouteNames {
  readonly route: string;
  readonly span: string;
}

/** Sorts of requests remembered per kind: a path may name any subresource. */
const maxRoutes = 64;

/** Writes get a span of their own; reads only within a trace that the caller brought. */
export class RequestTraces {
  readonly #sessions: ClientSessions;
  /** Spans stay in memory by the ten thousand: they share what they can. */
  readonly #routes = new WeakMap<Kind, Map<string, RouteNames>>();

  constructor(private readonly context: Pick<ApiContext, 'tracer' | 'log'>) {
    this.#sessions = new ClientSessions(context.tracer);
  }

  /** Runs the request within its span, if it gets one. Throws or rejects with what `run` does. */
  around(exchange: HttpExchange, request: ApiRequest, path: ResourcePath, run: () => Promise<Reply> | Reply): Promise<Reply> | Reply {
    const { tracer } = this.context;
    if (tracer === noopTracer) return run();
    const traceparent = exchange.header('traceparent');
    const isRead = request.verb === 'get' || request.verb === 'list';
    // What is only tried out would hide, as the newest trace of its object, what really happened.
    const leavesNothing = isRead || request.query.get('dryRun') !== undefined;
    if (leavesNothing && traceparent === undefined) return run();
    const remote = traceparent === undefined || !isTrusted(exchange, request.user) ? undefined : parseTraceparent(traceparent, exchange.header('tracestate'));
    if (leavesNothing && remote === undefined) return run();
    const session = remote === undefined ? this.#sessions.of(exchange, request.user) : undefined;
    const above = remote ?? session?.span;
    const parent = above === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, above);
    const names = this.#namesOf(exchange.method, request, path);
    const { kind } = request.resource;
    const attributes: Attributes = {
      [Attr.httpMethod]: exchange.method, [Attr.httpRoute]: names.route, [Attr.resource]: kind.plural, [Attr.user]: request.user.name, [Attr.objectKind]: kind.kind,
    };
    if (session !== undefined) attributes[Attr.clientCommand] = session.command;
    if (request.namespace !== undefined) attributes[Attr.objectNamespace] = request.namespace;
    if (request.name !== undefined) attributes[Attr.objectName] = request.name;
    const span = tracer.startSpan(names.span, { kind: SpanKind.SERVER, attributes }, parent);
    return otel.with(trace.setSpan(parent, span), () => this.#recorded(span, request, run));
  }

  /** Not by `await`: while tracing is on, each promise is told of. */
  #recorded(span: Span, request: ApiRequest, run: () => Promise<Reply> | Reply): Promise<Reply> | Reply {
    // Where the path does not name the object, the stored one tells its name best, and a refused one is in the body.
    const end = (name: string | undefined): void => {
      if (request.name === undefined && name !== undefined) span.setAttribute(Attr.objectName, name);
      span.end();
    };
    const answered = (reply: Reply): Reply => {
      end(reply.type === 'cached' ? reply.cached.name : undefined);
      return reply;
    };
    const failed = (error: unknown): never => {
      const status = asStatusError(error, this.context.log);
      span.setAttribute(Attr.httpStatus, status.httpCode);
      span.setStatus({ code: SpanStatusCode.ERROR, message: status.reason });
      end(nameInBody(request.body));
      throw error;
    };
    let reply: Promise<Reply> | Reply;
    try {
      reply = run();
    } catch (error) {
      return failed(error);
    }
    return reply instanceof Promise ? reply.then(answered, failed) : answered(reply);
  }

  #namesOf(method: string, request: ApiRequest, path: ResourcePath): RouteNames {
    const { kind } = request.resource;
    let routes = this.#routes.get(kind);
    if (routes === undefined) this.#routes.set(kind, (routes = new Map<string, RouteNames>()));
    const key = `${method}${path.namespace === undefined ? ' ' : ' n'}${path.name === undefined ? '' : '/'}${path.subresource}`;
    let names = routes.get(key);
    if (names === undefined) {
      const route = routeOf(kind, path);
      names = { route, span: SpanName.request(method, route) };
      if (routes.size < maxRoutes) routes.set(key, names);
    }
    return names;
  }
}

function routeOf(kind: Kind, path: ResourcePath): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${formatApiVersion(kind)}`;
  return `${root}${path.namespace === undefined ? '' : '/namespaces/{namespace}'}/${kind.plural}${path.name === undefined ? '' : '/{name}'}${path.subresource === '' ? '' : `/${path.subresource}`}`;
}

/** A create names its object in the body; a look behind its metadata is enough for a trace. */
function nameInBody(body: RequestBody | undefined): string | undefined {
  if (body?.type !== 'bytes') return undefined;
  const meta = body.bytes.indexOf('"metadata"');
  return meta < 0 ? undefined : /"name"\s*:\s*"([a-z0-9.:-]{1,253})"/.exec(body.bytes.toString('utf8', meta))?.[1];
}

/** A trace context from outside counts only from this machine, its nodes or administrators: it decides what is recorded. */
function isTrusted(exchange: HttpExchange, user: UserInfo): boolean {
  const address = exchange.socket.remoteAddress ?? '';
  return address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1' || user.groups.includes('system:masters') || user.groups.includes('system:nodes');
}
