import type { ApiClient } from './api-client.ts';
import type { Logger } from './logger.ts';

/** How many contributions a point must have in a distribution. */
export type Cardinality = 'exactly-one' | 'at-least-one' | 'any';

/**
 * A place where plugins add values of one type. `ordered` points run their contributions in the order that the
 * distribution states; the order of the others carries no meaning (it is still stable: by plugin name).
 */
export interface ExtensionPoint<T> {
  readonly tokenKind: 'point';
  readonly key: string;
  readonly cardinality: Cardinality;
  readonly ordered: boolean;
  readonly type?: T;
  /** Methods of a contribution are called through the host's guard with this deadline; default 30 s. */
  readonly deadlineMs?: number;
  /**
   * False: contributions are handed over as they are, because throwing and taking long are part of the contract and the
   * consumer deals with both (a reconcile is retried). Absent: calls are guarded.
   */
  readonly guarded?: boolean;
  with(value: T): Contribution;
}

/** What a plugin's `setup` returns for a point. */
export interface Contribution {
  readonly contributionTo: string;
  readonly value: unknown;
}

/** A requirement on a point without an ordering edge: the consumer may start before the contributors. */
export interface LivePoint<T> {
  readonly tokenKind: 'live';
  readonly key: string;
  readonly point: ExtensionPoint<T>;
}

/** Who gave a contribution, with services that act as that plugin. */
export interface Origin {
  readonly plugin: string;
  readonly log: Logger;
  /** The contributor's own client; undefined in a host without an API (operator tests, `distro check`). */
  readonly api: ApiClient | undefined;
}

export interface ContributionEntry<T> {
  readonly value: T;
  readonly origin: Origin;
}

/**
 * The live contributions of a point, in order. Iterating is iterating a frozen array: free on a hot path.
 * The array is replaced, never changed, when plugins come and go.
 */
export interface Contributions<T> extends Iterable<T> {
  readonly values: readonly T[];
  readonly entries: readonly ContributionEntry<T>[];
  /** Calls back after each change; returns the way to stop. */
  onChange(listener: () => void): () => void;
}

/** Declares a point; `key` is dotted and plural (`keelson.dns.handlers`). */
export function extensionPoint<T>(
  key: string,
  options: { readonly cardinality?: Cardinality; readonly ordered?: boolean; readonly deadlineMs?: number; readonly guarded?: boolean } = {},
): ExtensionPoint<T> {
  return Object.freeze({
    tokenKind: 'point' as const,
    key,
    cardinality: options.cardinality ?? 'any',
    ordered: options.ordered ?? false,
    ...(options.deadlineMs === undefined ? {} : { deadlineMs: options.deadlineMs }),
    ...(options.guarded === undefined ? {} : { guarded: options.guarded }),
    with: (value: T): Contribution => ({ contributionTo: key, value }),
  });
}

/** Requires a point's contributions as they come and go, without starting after the plugins that fill it. */
export function live<T>(point: ExtensionPoint<T>): LivePoint<T> {
  return Object.freeze({ tokenKind: 'live' as const, key: point.key, point });
}
