import { gzip } from 'node:zlib';
import { isKeelsonError, type Logger, StatusError } from '@keelson/sdk';
import { CompactedError, StoreError } from '../../storage/index.ts';
import { expired } from '../api-errors.ts';
import type { HttpExchange, ResponseHeaders } from './http-exchange.ts';
import { RequestAborted } from './http-exchange.ts';
import { streamBody } from './stream-body.ts';

/** Larger answers are sent piece by piece. */
const streamFrom = 1024 * 1024;

/** Answers smaller than this are not worth compressing (upstream's limit). */
const gzipFrom = 128 * 1024;

const jsonHeaders: ResponseHeaders = Object.freeze({ 'content-type': 'application/json', 'cache-control': 'no-cache, private' });

/** A JSON answer; large ones are compressed for clients that take it, and sent in turns. */
export function sendJson(exchange: HttpExchange, code: number, body: readonly Buffer[], warnings: readonly string[] = [], contentType = 'application/json', nextTurn?: () => Promise<void>): void {
  const headers: ResponseHeaders = warnings.length === 0 && contentType === 'application/json' ? jsonHeaders : { ...jsonHeaders, 'content-type': contentType };
  if (warnings.length > 0) headers['warning'] = warnings.map((text) => `299 - ${JSON.stringify(text)}`);
  let size = 0;
  for (const part of body) size += part.length;
  const compressed = size >= gzipFrom && acceptsGzip(exchange);
  if (size >= streamFrom) {
    streamBody(exchange, code, headers, { parts: body, size, compressed, nextTurn });
    return;
  }
  // One buffer: many small TLS writes would cost more than the copy.
  const whole = body.length === 1 ? body[0]! : Buffer.concat(body, size);
  if (!compressed) {
    exchange.send(code, headers, [whole]);
    return;
  }
  gzip(whole, { level: 1 }, (error, zipped) => {
    if (error !== null) exchange.send(code, headers, [whole]);
    else exchange.send(code, { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' }, [zipped]);
  });
}

/** A plain object as JSON. */
export function sendObject(exchange: HttpExchange, code: number, object: object, warnings: readonly string[] = []): void {
  sendJson(exchange, code, [Buffer.from(JSON.stringify(object))], warnings);
}

export function sendText(exchange: HttpExchange, code: number, text: string): void {
  exchange.send(code, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache, private', 'x-content-type-options': 'nosniff' }, [Buffer.from(text)]);
}

/** The Status of a failure. Faults of the server are logged and told without their inside. */
export function sendError(exchange: HttpExchange, error: unknown, log: Logger, warnings: readonly string[] = []): void {
  if (error instanceof RequestAborted || exchange.answered) return;
  const status = asStatusError(error, log);
  const headers: ResponseHeaders = { ...jsonHeaders };
  if (warnings.length > 0) headers['warning'] = warnings.map((text) => `299 - ${JSON.stringify(text)}`);
  if (status.details.retryAfterSeconds !== undefined) headers['retry-after'] = String(status.details.retryAfterSeconds);
  if (status.httpCode === 401) headers['www-authenticate'] = 'Bearer realm="kubernetes"';
  exchange.send(status.httpCode, headers, [Buffer.from(JSON.stringify(status.toStatus()))]);
}

/** What a client is told about any failure. */
export function asStatusError(error: unknown, log: Logger): StatusError {
  if (isStatusError(error)) return error;
  if (error instanceof CompactedError) return expired(`too old resource version: ${error.requested} (${error.compacted})`);
  if (error instanceof StoreError) {
    log.error('storage failure', { code: error.code, error: error.message });
    return new StatusError('ServiceUnavailable', `storage is unavailable: ${error.message}`, { retryAfterSeconds: 1 });
  }
  if (error instanceof Error && error.name === 'AbortError') return new StatusError('Timeout', 'the request was cancelled');
  log.error('request failed', { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  return new StatusError('InternalError', `Internal error occurred: ${isKeelsonError(error) ? error.message : 'see the server log'}`);
}

function isStatusError(error: unknown): error is StatusError {
  return typeof error === 'object' && error !== null && 'toStatus' in error && 'httpCode' in error;
}

function acceptsGzip(exchange: HttpExchange): boolean {
  return exchange.header('accept-encoding')?.includes('gzip') === true;
}
