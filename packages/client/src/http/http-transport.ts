import type { KubeObject } from '@keelson/api';
import { KeelsonError, type ApiCall, type ApiTransport, type Clock, type Random, type WatchHandle, type WatchHandler } from '@keelson/sdk';
import { activeSpanContext, formatTraceparent, formatTracestate } from '@keelson/telemetry';
import { deepFreeze } from '../freeze.ts';
import { errorOf } from './answer.ts';
import { Authentication } from './authentication.ts';
import { callRequest, pathOf } from './call-request.ts';
import type { ConnectionConfig } from './connection-config.ts';
import { Connection } from './connection.ts';
import { readAll, type ExchangeResponse } from './exchange.ts';
import { HttpWatch } from './http-watch.ts';
import { retryWait } from './retry.ts';

/** What a transport needs beside the connection. */
export interface HttpTransportOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Default `keelson`. */
  readonly userAgent?: string;
  /** Environment that credential plugins run in; the composition root hands in the process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** A watch without a byte for so long is taken for half-open, milliseconds; default 150 s, two missed bookmarks. */
  readonly watchIdle?: number;
  /** A call without an answer for so long is given up, milliseconds; default 70 s, more than servers give a request. */
  readonly callTimeout?: number;
  /** Act as somebody else; needs the `impersonate` verb. */
  readonly impersonate?: { readonly user: string; readonly groups?: readonly string[] };
}

/** A transport with a connection to close. */
export interface HttpTransport extends ApiTransport {
  close(): void;
}

/** Talks to any Kubernetes API server: one HTTP/2 connection for everything where the server speaks it, else HTTP/1.1. */
export function httpTransport(config: ConnectionConfig, options: HttpTransportOptions): HttpTransport {
  return new WireTransport(config, options);
}

interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly contentType?: string | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly causes?: boolean;
}

class WireTransport implements HttpTransport {
  readonly #options: HttpTransportOptions;
  readonly #authentication: Authentication;
  readonly #connection: Connection;
  readonly #prefix: string;

  constructor(config: ConnectionConfig, options: HttpTransportOptions) {
    this.#options = options;
    this.#authentication = new Authentication(config, options.clock, options.environment ?? {});
    this.#connection = new Connection(config, this.#authentication, options.clock);
    this.#prefix = new URL(config.server).pathname.replace(/\/$/, '');
  }

  async call(call: ApiCall): Promise<unknown> {
    const request = { ...callRequest(call), signal: call.signal };
    // Captured here: the caller's span is active only while this function runs for the first time.
    const trace = traceHeaders();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#inTime(request, trace);
      } catch (error) {
        call.signal?.throwIfAborted();
        const wait = retryWait(call, error, attempt);
        if (wait === undefined) throw error;
        await this.#options.clock.sleep(wait * (1 + 0.2 * this.#options.random.next()), call.signal);
      }
    }
  }

  watch(call: Omit<ApiCall, 'verb' | 'body'>, handler: WatchHandler<KubeObject>): WatchHandle {
    const path = pathOf(call, { watch: 'true' });
    const trace = traceHeaders();
    return new HttpWatch({
      clock: this.#options.clock, handler,
      idle: this.#options.watchIdle ?? 150_000,
      open: (signal) => this.#send({ method: 'GET', path, signal, causes: true }, trace),
    });
  }

  close(): void {
    this.#connection.close();
  }

  /** A connection that went half-open must not hold a call for ever; pings notice it on HTTP/2 only. */
  async #inTime(request: WireRequest, trace: Readonly<Record<string, string>>): Promise<unknown> {
    const { clock, callTimeout = 70_000 } = this.#options;
    const late = new AbortController();
    const timer = clock.after(callTimeout, () => late.abort(new KeelsonError('KEEL_CALL_TIMEOUT', `${request.method} ${request.path} got no answer within ${callTimeout / 1000} s`)));
    try {
      return await this.#answer({ ...request, signal: request.signal === undefined ? late.signal : AbortSignal.any([request.signal, late.signal]) }, trace);
    } finally {
      timer.cancel();
    }
  }

  async #answer(request: WireRequest, trace: Readonly<Record<string, string>>): Promise<unknown> {
    const response = await this.#send(request, trace);
    const body = await readAll(response.body);
    if (response.status >= 300) throw errorOf(response, body);
    if (body === '') return undefined;
    const isJson = response.header('content-type')?.includes('json') ?? true;
    return isJson ? deepFreeze(JSON.parse(body) as unknown) : body;
  }

  /** A refused identity is fetched anew once: tokens are rotated, credentials of plugins expire. */
  async #send(request: WireRequest, trace: Readonly<Record<string, string>>): Promise<ExchangeResponse> {
    const response = await this.#sendOnce(request, trace);
    if (response.status !== 401 || !this.#authentication.refused()) return response;
    response.body.resume();
    return this.#sendOnce(request, trace);
  }

  async #sendOnce({ method, path, contentType, body, signal, causes }: WireRequest, trace: Readonly<Record<string, string>>): Promise<ExchangeResponse> {
    const { exchange, identity } = await this.#connection.open();
    const { userAgent = 'keelson', impersonate } = this.#options;
    const headers: Record<string, string | string[]> = {
      accept: 'application/json',
      'user-agent': userAgent,
      ...trace,
      ...(identity.authorization === undefined ? {} : { authorization: identity.authorization }),
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      ...(causes ? { 'x-keelson-causes': '1' } : {}),
      ...(impersonate === undefined ? {} : { 'impersonate-user': impersonate.user }),
      ...(impersonate?.groups?.length ? { 'impersonate-group': [...impersonate.groups] } : {}),
    };
    return exchange.send({ method, path: this.#prefix + path, headers, body, signal });
  }
}

/** W3C trace context of the active span. */
function traceHeaders(): Readonly<Record<string, string>> {
  const span = activeSpanContext();
  const traceparent = span && formatTraceparent(span);
  if (span === undefined || traceparent === undefined) return {};
  const tracestate = formatTracestate(span);
  return { traceparent, ...(tracestate ? { tracestate } : {}) };
}
