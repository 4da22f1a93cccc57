import { CompactedError, InvalidRequestError, StoreError, StoreUnavailableError } from '../contract.ts';

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
  /** Trying again will not help. */
  | 'final';

// Texts of etcd's rpctypes and of grpc-js; codes alone do not tell these cases apart.
const patterns: readonly (readonly [RegExp, Failure])[] = [
  [/required revision has been compacted/, 'compacted'],
  [/required revision is a future revision/, 'future'],
  [/requested lease not found|is expired or revoked/, 'no-lease'],
  [/lease already exists/, 'lease-exists'],
  [/database space exceeded|request is too large|received message larger than max|too many operations/, 'final'],
  [/No connection established|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|Name resolution failed/, 'refused'],
  [/etcdserver: (too many requests|not leader|no leader|not capable)/, 'refused'],
];

/** Sorts an error of the client library. */
export function classify(error: unknown): Failure {
  const message = textOf(error);
  for (const [pattern, failure] of patterns) if (pattern.test(message)) return failure;
  return isRecoverable(error) ? 'unknown' : 'final';
}

/** The library marks what is worth another attempt with a symbol of its own; loading it here would cost start-up time. */
function isRecoverable(error: unknown): boolean {
  return error instanceof Error && Object.getOwnPropertySymbols(error).some((symbol) => symbol.description === 'RecoverableError');
}

/** The error for callers when no other contract error fits. */
export function translate(error: unknown, what: string): StoreError {
  if (error instanceof StoreError) return error;
  const message = textOf(error);
  const options = { cause: error };
  if (/request is too large|received message larger than max/.test(message)) return new InvalidRequestError(`${what} is larger than etcd accepts; raise its --max-request-bytes or store less in one object`);
  if (/too many operations/.test(message)) return new InvalidRequestError(`${what} has more operations than etcd accepts; raise its --max-txn-ops or split it`);
  if (/database space exceeded/.test(message)) {
    return new StoreUnavailableError('etcd has reached its space quota and takes no writes; compact and defragment it, then disarm the alarm', options);
  }
  return new StoreUnavailableError(`etcd could not serve ${what}: ${message}`, options);
}

/** For a revision that etcd no longer has. */
export function compacted(requested: number, known: number): CompactedError {
  return new CompactedError(requested, Math.max(known, requested + 1));
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
