import { isStatus, type StatusError } from '@keelson/sdk';

/** Annotation of the bookmark that ends the initial part of a streaming list. */
export const initialEventsEnd = 'k8s.io/initial-events-end';

/** What the end of a watch asks its reader to do. */
export type WatchAnswer =
  | { readonly kind: 'resume' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'unsupported' }
  | { readonly kind: 'wait'; readonly ms: number };

/**
 * Reads the error of a watch: 410 needs the full state, 429 and 503 say how long to wait, 400 and 422 refuse
 * the parameters. A revision from the future means that the server was put back to an older state.
 */
export function answerTo(error: Error | undefined): WatchAnswer {
  if (error === undefined) return { kind: 'resume' };
  if (isStatus(error, 'Expired') || isStatus(error, 'Gone')) return { kind: 'expired' };
  if (isStatus(error, 'BadRequest') || isStatus(error, 'Invalid') || isStatus(error, 'MethodNotAllowed')) return { kind: 'unsupported' };
  if (isStatus(error, 'Timeout') && (error as StatusError).details.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge')) {
    return { kind: 'expired' };
  }
  const seconds = 'toStatus' in error ? (error as StatusError).details.retryAfterSeconds : undefined;
  return seconds === undefined ? { kind: 'resume' } : { kind: 'wait', ms: seconds * 1000 };
}
