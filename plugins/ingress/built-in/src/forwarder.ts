import { Agent, request as askBackend, type ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { Clock } from '@keelson/sdk';
import type { IngressBackend, IngressEndpoint, IngressRouting } from '@keelson/sdk/ingress';
import { nameOf, type EndpointChoice } from './endpoint-choice.ts';
import { answer, hasBody, writeHead, type Incoming, type Outgoing } from './exchange.ts';
import { responseHeaders } from './forwarded-headers.ts';

export interface ForwardLimits {
  /** Milliseconds for a connection to an endpoint. */
  readonly connectMs: number;
  /** Milliseconds until an endpoint begins its answer. */
  readonly answerMs: number;
  /** Endpoints that are tried for one request. */
  readonly tries: number;
  /** Idle connections that are kept for each endpoint. */
  readonly idleConnections: number;
}

/** What became of a request. */
export interface Outcome {
  /** Sent to the client; 499 when it went away before. */
  readonly code: number;
  /** `address:port` of the endpoint that answered. */
  readonly endpoint?: string | undefined;
  readonly tries: number;
  /** Why there was no answer from a backend. */
  readonly fault?: string | undefined;
}

/** A client that went away: not sent, only logged, by nginx's number. */
const clientGone = 499;
/** May be asked twice (RFC 9110, 9.2.2). */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

/** Hands requests to the endpoints of a backend over connections that are kept. */
export class Forwarder {
  readonly #agent: Agent;
  readonly #choice: EndpointChoice;
  readonly #clock: Clock;
  readonly #limits: ForwardLimits;

  constructor({ choice, clock, limits }: { readonly choice: EndpointChoice; readonly clock: Clock; readonly limits: ForwardLimits }) {
    this.#choice = choice;
    this.#clock = clock;
    this.#limits = limits;
    this.#agent = new Agent({ keepAlive: true, maxFreeSockets: limits.idleConnections, scheduling: 'lifo' });
  }

  /** Resolves when the answer was sent, or cannot be. Never rejects. */
  async forward(request: Incoming, response: Outgoing, backend: IngressBackend, { url, headers }: { readonly url: string; readonly headers: string[] }): Promise<Outcome> {
    const body = hasBody(request);
    // A body of unknown length is framed anew; without this a DELETE with one would be sent bare, and read as the next request.
    const head = body && request.headers['content-length'] === undefined ? [...headers, 'Transfer-Encoding', 'chunked'] : headers;
    const tried = new Set<IngressEndpoint>();
    for (;;) {
      const endpoint = this.#choice.next(backend, tried);
      if (endpoint === undefined) {
        answer(response, 503, 'no endpoint of the service is ready\n');
        return { code: 503, tries: tried.size, fault: 'no endpoint is ready' };
      }
      tried.add(endpoint);
      const attempt = new Attempt(request, response, { body, clock: this.#clock, limits: this.#limits });
      const ended = await attempt.run(askBackend({ agent: this.#agent, host: endpoint.address, port: endpoint.port, method: request.method, path: url, headers: head, setHost: false }));
      if (ended.fault === undefined || ended.begun) return { code: ended.code, endpoint: nameOf(endpoint), tries: tried.size, fault: ended.fault };
      if (ended.unreachable) this.#choice.failed(backend, endpoint);
      const again = !ended.final && (ended.unreachable || (!body && idempotent.has(request.method ?? ''))) && tried.size < Math.min(this.#limits.tries, backend.endpoints.length + (ended.reused ? 1 : 0));
      if (!again) {
        if (ended.code !== clientGone) answer(response, ended.code, ended.code === 504 ? 'the service did not answer in time\n' : 'the service could not be reached\n');
        return { code: ended.code, endpoint: nameOf(endpoint), tries: tried.size, fault: ended.fault };
      }
      // A connection that was closed while it was idle says nothing about the endpoint: it may be asked again.
      if (ended.reused) tried.delete(endpoint);
    }
  }

  /** Closes idle connections to endpoints that are no longer routed to; what is in flight goes on. */
  retain({ hosts, defaultBackend }: IngressRouting): void {
    const idle = Object.entries(this.#agent.freeSockets);
    if (idle.length === 0) return;
    const live = new Set<string>();
    const add = (backend: IngressBackend | undefined): void => backend?.endpoints.forEach((endpoint) => live.add(`${nameOf(endpoint)}:`));
    add(defaultBackend);
    for (const { paths } of hosts.values()) for (const { backend } of paths) add(backend);
    for (const [name, sockets] of idle) if (!live.has(name)) for (const socket of sockets ?? []) socket.destroy();
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** How one try ended. */
interface Ended {
  readonly code: number;
  readonly fault?: string | undefined;
  /** The client has seen part of an answer. */
  readonly begun: boolean;
  /** No connection came about: nothing was sent. */
  readonly unreachable: boolean;
  /** The connection had served another request before. */
  readonly reused: boolean;
  /** Another try would not help. */
  readonly final: boolean;
}

/** One request to one endpoint. */
class Attempt {
  #connected = false;
  #begun = false;

  constructor(
    private readonly request: Incoming,
    private readonly response: Outgoing,
    private readonly options: { readonly body: boolean; readonly clock: Clock; readonly limits: ForwardLimits },
  ) {}

  run(upstream: ClientRequest): Promise<Ended> {
    const { request, response } = this;
    const { body, clock, limits } = this.options;
    return new Promise((resolve) => {
      let late: 'connect' | 'answer' | undefined;
      let timer = clock.after(limits.connectMs, () => giveUp('connect'));
      const giveUp = (what: 'connect' | 'answer'): void => {
        late = what;
        upstream.destroy(new Error(what === 'connect' ? `no connection within ${limits.connectMs} ms` : `no answer within ${limits.answerMs} ms`));
      };
      let settled = false;
      const end = (ended: Partial<Ended> & { readonly code: number }): void => {
        if (settled) return;
        settled = true;
        timer.cancel();
        response.off('close', left);
        if (body && !this.#begun) request.unpipe(upstream);
        resolve({ begun: this.#begun, unreachable: !this.#connected, reused: upstream.reusedSocket, final: false, ...ended });
      };
      const left = (): void => {
        upstream.destroy();
        end({ code: clientGone, fault: 'the client went away', final: true });
      };
      response.once('close', left);
      const connected = (): void => {
        this.#connected = true;
        timer.cancel();
        timer = clock.after(limits.answerMs, () => giveUp('answer'));
        // The body is touched only now: what could not be sent can be sent elsewhere.
        if (body) request.pipe(upstream);
        else upstream.end();
      };
      upstream.once('socket', (socket: Socket) => {
        if (socket.connecting) socket.once('connect', connected);
        else connected();
      });
      upstream.once('response', (answered: IncomingMessage) => {
        timer.cancel();
        this.#begun = true;
        response.off('close', left);
        writeHead(response, answered.statusCode!, responseHeaders(answered.rawHeaders));
        pipeline(answered, response as ServerResponse, (error) => {
          // Cut off in the middle: the client must not take it for whole.
          if (error !== undefined && error !== null) upstream.destroy();
          end({ code: answered.statusCode!, ...(error === undefined || error === null ? {} : { fault: error.message, final: true }) });
        });
      });
      upstream.on('error', (error: Error) => {
        if (this.#begun) return; // the pipeline tells
        end({ code: late === 'answer' ? 504 : 502, fault: error.message, final: late === 'answer' });
      });
    });
  }
}
