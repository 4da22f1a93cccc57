import type { Status } from '@keelson/api';
import { statusErrorFrom, StatusError, type StatusReason } from '@keelson/sdk';
import type { ExchangeResponse } from './exchange.ts';

const reasons: Readonly<Record<number, StatusReason>> = {
  400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 405: 'MethodNotAllowed', 406: 'NotAcceptable', 409: 'Conflict',
  410: 'Gone', 413: 'RequestEntityTooLarge', 415: 'UnsupportedMediaType', 422: 'Invalid', 429: 'TooManyRequests', 500: 'InternalError',
  503: 'ServiceUnavailable', 504: 'Timeout',
};

/** The error of an answer that is no success; a proxy in between may have written it, so it need not be a Status. */
export function errorOf(response: Pick<ExchangeResponse, 'status' | 'header'>, body: string): StatusError {
  const after = Number(response.header('retry-after'));
  const retry = Number.isFinite(after) && after > 0 ? { retryAfterSeconds: after } : {};
  const status = parsed(body);
  if (status?.kind === 'Status') {
    const error = statusErrorFrom({ ...status, code: status.code ?? response.status });
    return new StatusError(error.reason, error.message, { ...retry, ...error.details }, { httpCode: error.httpCode });
  }
  const text = body.trim().slice(0, 200);
  return new StatusError(reasons[response.status] ?? 'Unknown', text === '' ? `the server answered ${response.status}` : text, retry, { httpCode: response.status });
}

function parsed(body: string): Status | undefined {
  try {
    return JSON.parse(body) as Status;
  } catch {
    return undefined;
  }
}
