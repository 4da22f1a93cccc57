import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { Clock, Logger } from '@keelson/sdk';
import type { IngressDelta, IngressProxy, IngressRouting } from '@keelson/sdk/ingress';
import { Attr, SpanName, formatTraceparent, parseTraceparent, startSpan } from '@keelson/telemetry';
import { EndpointChoice } from './endpoint-choice.ts';
import { answer, connectionOf, hostHeader, isHttp2, type Incoming, type Outgoing } from './exchange.ts';
import { FirstRequests } from './first-requests.ts';
import { requestHeaders } from './forwarded-headers.ts';
import { Forwarder, type ForwardLimits, type Outcome } from './forwarder.ts';
import type { FrontHandler } from './front.ts';
import { targetOf, type RequestTarget } from './request-target.ts';
import { findRoute, type Route } from './route-index.ts';
import type { ServerNames } from './server-names.ts';
import { refuseUpgrade, upgrade } from './upgrade.ts';

export interface BuiltInProxyOptions {
  readonly clock: Clock;
  readonly tracer: Tracer;
  readonly log: Logger;
  readonly names: ServerNames;
  readonly limits: ForwardLimits;
  /** Requests at a time; the next one gets 503. */
  readonly maxRequests: number;
  /** Clients are proxies of our own: what they say of their clients holds. */
  readonly trustForwarded: boolean;
  readonly accessLog: 'all' | 'errors' | 'none';
  readonly addresses: () => readonly { readonly ip?: string; readonly hostname?: string }[];
}

const nothing: IngressRouting = Object.freeze({ hosts: new Map(), certificates: [], defaultBackend: undefined });

/** Routes requests by the newest routing and hands them on. */
export class BuiltInProxy implements IngressProxy, FrontHandler {
  readonly name = 'built-in';
  readonly controller = 'keelson.dev/ingress-built-in';
  readonly addresses: BuiltInProxyOptions['addresses'];
  readonly #options: BuiltInProxyOptions;
  readonly #choice: EndpointChoice;
  readonly #forwarder: Forwarder;
  readonly #first: FirstRequests;
  #routing = nothing;
  #inFlight = 0;

  constructor(options: BuiltInProxyOptions) {
    this.#options = options;
    this.addresses = options.addresses;
    this.#choice = new EndpointChoice(options.clock);
    this.#forwarder = new Forwarder({ choice: this.#choice, clock: options.clock, limits: options.limits });
    this.#first = new FirstRequests(options.clock, options.tracer);
  }

  /** In force with the next request; those in flight keep the route that they have. */
  program(routing: IngressRouting, delta: IngressDelta): Promise<void> {
    this.#options.names.set(routing.certificates);
    this.#routing = routing;
    this.#choice.retain(routing);
    this.#forwarder.retain(routing);
    this.#first.expect(delta);
    return Promise.resolve();
  }

  request(request: Incoming, response: Outgoing): void {
    response.on('error', () => undefined); // the client is gone; whoever writes sees the stream closed
    void this.#serve(request, response);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => undefined);
    void this.#join(request, socket, head);
  }

  close(): void {
    this.#forwarder.close();
  }

  async #serve(request: Incoming, response: Outgoing): Promise<void> {
    const came = this.#came();
    const target = targetOf(request.url ?? '', hostHeader(request));
    if (target === undefined) {
      answer(response, 400, 'the request names no host and path\n');
      return this.#log(request, undefined, undefined, came, { code: 400, tries: 0 });
    }
    const route = findRoute(this.#routing, target.host, target.path);
    if (this.#inFlight >= this.#options.maxRequests) {
      answer(response, 503, 'too many requests at a time\n', ['Retry-After', '1']);
      return this.#log(request, target, route, came, { code: 503, tries: 0, fault: 'too many requests at a time' });
    }
    if (route?.backend === undefined) {
      const code = route === undefined ? 404 : 503;
      answer(response, code, route === undefined ? 'no ingress takes this host and path\n' : 'the service of this path, or its port, does not exist\n');
      return this.#log(request, target, route, came, { code, tries: 0 });
    }
    this.#inFlight++;
    try {
      const { span, headers } = this.#prepare(request, target, route);
      const outcome = await this.#forwarder.forward(request, response, route.backend, { url: target.url, headers });
      span?.setAttribute(Attr.httpStatus, outcome.code);
      if (span !== undefined && outcome.fault !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: outcome.fault });
      span?.end();
      this.#log(request, target, route, came, outcome);
    } finally {
      this.#inFlight--;
    }
  }

  async #join(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const came = this.#came();
    const target = targetOf(request.url ?? '', request.headers.host);
    const route = target === undefined ? undefined : findRoute(this.#routing, target.host, target.path);
    if (target === undefined || route?.backend === undefined) {
      const code = target === undefined ? 400 : route === undefined ? 404 : 503;
      refuseUpgrade(socket, code, target === undefined ? 'the request names no host and path\n' : route === undefined ? 'no ingress takes this host and path\n' : 'the service of this path, or its port, does not exist\n');
      return this.#log(request, target, route, came, { code, tries: 0 });
    }
    if (this.#inFlight >= this.#options.maxRequests) {
      refuseUpgrade(socket, 503, 'too many requests at a time\n');
      return this.#log(request, target, route, came, { code: 503, tries: 0 });
    }
    this.#inFlight++;
    try {
      const { span, headers } = this.#prepare(request, target, route);
      const { clock, limits } = this.#options;
      const outcome = await upgrade(request, socket, head, { backend: route.backend, url: target.url, headers, choice: this.#choice, clock, limits });
      span?.end();
      this.#log(request, target, route, came, outcome);
    } finally {
      this.#inFlight--;
    }
  }

  /** A trace that the client is in goes on; a request without one is not worth a span each. */
  #prepare(request: Incoming, target: RequestTarget, route: Route) {
    const { tracer, trustForwarded } = this.#options;
    const given = request.headers['traceparent'];
    const parent = parseTraceparent(typeof given === 'string' ? given : undefined);
    const span = parent === undefined || (parent.traceFlags & 1) === 0 ? undefined : startSpan(tracer, SpanName.request(request.method ?? 'GET', route.path), {
      kind: SpanKind.SERVER, parent,
      attributes: { [Attr.httpMethod]: request.method ?? 'GET', [Attr.urlPath]: target.path, ...(route.ingress === undefined ? {} : { 'keelson.ingress.route': route.ingress }) },
    });
    const { address, port, scheme } = connectionOf(request);
    const headers = requestHeaders(request.rawHeaders, { address, port, scheme, host: hostHeader(request) ?? target.host }, { trusted: trustForwarded, trace: span === undefined ? undefined : formatTraceparent(span.spanContext()) });
    return { span, headers };
  }

  #came(): { readonly wall: number; readonly monotonic: number } {
    const { clock } = this.#options;
    return { wall: clock.now(), monotonic: clock.monotonic() };
  }

  #log(request: Incoming, target: RequestTarget | undefined, route: Route | undefined, came: { readonly wall: number; readonly monotonic: number }, { code, endpoint, tries, fault }: Outcome): void {
    const { accessLog, log, clock } = this.#options;
    const method = request.method ?? '';
    if (target !== undefined && fault === undefined && route !== undefined && endpoint !== undefined) {
      this.#first.answered({ method, route: route.path, path: target.path, code, by: [route.ingress, route.backend?.key], started: came.wall });
    }
    const failed = code >= 500 || fault !== undefined;
    if (accessLog === 'none' || (accessLog === 'errors' && !failed)) return;
    // Without the query: it can hold what is nobody's business.
    log.info('request', {
      client: connectionOf(request).address, method, host: target?.host, path: target?.path, protocol: isHttp2(request) ? 'HTTP/2' : `HTTP/${request.httpVersion}`, code,
      ingress: route?.ingress, endpoint, ms: Math.round((clock.monotonic() - came.monotonic) * 10) / 10, ...(tries > 1 ? { tries } : {}), ...(fault === undefined ? {} : { fault }),
    });
  }
}
