import { StatusError, isStatus, type ApiCall } from '@keelson/sdk';

/** Times that a safe call is tried in all. */
export const tries = 5;

/**
 * How long to wait before a failed call may be made again, milliseconds; undefined when it must not be. Only reads are
 * made again: a write that failed may have been done, and only its caller knows what that means.
 */
export function retryWait(call: Pick<ApiCall, 'verb'>, error: unknown, attempt: number): number | undefined {
  if (attempt >= tries || (call.verb !== 'get' && call.verb !== 'list')) return undefined;
  if (!(error instanceof StatusError)) return isStatusLike(error) ? undefined : 100 * 2 ** attempt;
  const { retryAfterSeconds } = error.details;
  if (error.httpCode === 429 || (error.httpCode >= 500 && retryAfterSeconds !== undefined)) return (retryAfterSeconds ?? 1) * 1000;
  return isStatus(error, 'ServiceUnavailable') || error.httpCode === 502 ? 100 * 2 ** attempt : undefined;
}

function isStatusLike(error: unknown): boolean {
  return typeof error === 'object' && error !== null && ('toStatus' in error || (error as { name?: unknown }).name === 'AbortError');
}
