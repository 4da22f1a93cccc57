import { InvalidRequestError, StoreError, StoreUnavailableError } from '../contract.ts';

/** What a failed call says about the request. */
export type Failure =
  /** The server never acted on it; trying again is safe. */
  | 'refused'
  /** It may have been carried out, or still be. */
  | 'unknown'
  | 'compacted'
  | 'future'
  | 'no-lease'
  | 'lease-exists'
  /** The token of the user has expired; the server did not act. */
  | 'token'
  /** Trying again will not help. */
  | 'final';

/** A call to etcd that failed; `failure` says what that means for the request. */
export class EtcdCallError extends Error {
  constructor(
    readonly failure: Failure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

// Texts of etcd's rpctypes; codes alone do not tell these cases apart.
const patterns: readonly (readonly [RegExp, Failure])[] = [
  [/required revision has been compacted/, 'compacted'],
  [/required revision is a future revision/, 'future'],
  [/requested lease not found|is expired or revoked/, 'no-lease'],
  [/lease already exists/, 'lease-exists'],
  [/invalid auth token|revision of auth store is old/, 'token'],
  [/database space exceeded|request is too large|received message larger than max|too many operations/, 'final'],
  [/etcdserver: (too many requests|not leader|no leader|not capable)/, 'refused'],
];

/** gRPC's codes after which another attempt may work: cancelled, unknown, deadline, exhausted, aborted, internal, unavailable. */
const passing: ReadonlySet<number> = new Set([1, 2, 4, 8, 10, 13, 14]);

/** Sorts an answer that is not OK by gRPC's code and the server's text. */
export function failureOf(code: number, message: string): Failure {
  for (const [pattern, failure] of patterns) if (pattern.test(message)) return failure;
  return passing.has(code) ? 'unknown' : 'final';
}

/** Sorts an error of a call. */
export function classify(error: unknown): Failure {
  return error instanceof EtcdCallError ? error.failure : 'final';
}

/** The error for callers when no other contract error fits. */
export function translate(error: unknown, what: string): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const options = { cause: error };
  if (/request is too large|received message larger than max/.test(message)) return new InvalidRequestError(`${what} is larger than etcd accepts; raise its --max-request-bytes or store less in one object`);
  if (/too many operations/.test(message)) return new InvalidRequestError(`${what} has more operations than etcd accepts; raise its --max-txn-ops or split it`);
  if (/database space exceeded/.test(message)) {
    return new StoreUnavailableError('etcd has reached its space quota and takes no writes; compact and defragment it, then disarm the alarm', options);
  }
  return new StoreUnavailableError(`etcd could not serve ${what}: ${message}`, options);
}
