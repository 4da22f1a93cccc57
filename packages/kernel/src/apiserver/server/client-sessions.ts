import { ROOT_CONTEXT, SpanKind, type SpanContext, type Tracer } from '@opentelemetry/api';
import { Attr, SpanName } from '@keelson/telemetry';
import type { UserInfo } from '@keelson/sdk/auth';
import type { HttpExchange } from './http-exchange.ts';

/** One invocation of kubectl, as its requests tell. */
export interface ClientSession {
  /** `kubectl apply`. */
  readonly command: string;
  /** Parent of the requests' spans. */
  readonly span: SpanContext;
}

/** Sessions kept; an invocation seldom outlives a thousand others. */
const remembered = 1024;
const sessionPattern = /^[0-9a-fA-F-]{16,64}$/;
const commandPattern = /^kubectl [a-z][a-z-]{0,24}( [a-z][a-z-]{0,24})?$/;

/**
 * kubectl names its invocation in each request (`Kubectl-Session`, a UUID, and `Kubectl-Command`; KEP-859): all writes of
 * one `kubectl apply -f` become one trace below a span of that name. Sessions belong to a user: nobody can write into
 * another user's trace.
 */
export class ClientSessions {
  readonly #tracer: Tracer;
  /** By user and session, oldest first. */
  readonly #roots = new Map<string, SpanContext>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** The session of a request; undefined for clients that name none. Makes the root span when it is the session's first. */
  of(exchange: Pick<HttpExchange, 'header'>, user: UserInfo): ClientSession | undefined {
    const session = exchange.header('kubectl-session');
    if (session === undefined || !sessionPattern.test(session)) return undefined;
    const command = exchange.header('kubectl-command') ?? '';
    if (!commandPattern.test(command)) return undefined;
    return { command, span: this.#root(`${user.name}\0${session}`, command, user) };
  }

  #root(key: string, command: string, user: UserInfo): SpanContext {
    const known = this.#roots.get(key);
    if (known !== undefined) return known;
    const attributes = { [Attr.clientCommand]: command, [Attr.user]: user.name };
    const span = this.#tracer.startSpan(SpanName.clientCommand(command), { kind: SpanKind.CLIENT, attributes }, ROOT_CONTEXT);
    const context = span.spanContext();
    // Ends at once: when the last request of an invocation was, nobody tells. Trees show how long its children took.
    span.end();
    this.#roots.set(key, context);
    if (this.#roots.size > remembered) this.#roots.delete(this.#roots.keys().next().value!);
    return context;
  }
}
