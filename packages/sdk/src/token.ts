/**
 * Names a service that one plugin provides and others require. Tokens are compared by `key`, never by identity, so
 * that two copies of this package in one process (a bundled host, a plugin with its own `node_modules`) agree.
 */
export interface Token<T> {
  readonly tokenKind: 'token';
  readonly key: string;
  /** Phantom; carries the type only. */
  readonly type?: T;
  /** Pairs the token with its value, for a plugin's `provides`. */
  provide(value: T): Provision;
}

/** A requirement that may stay unmet; resolves to `undefined` then. */
export interface OptionalToken<T> {
  readonly tokenKind: 'optional';
  readonly key: string;
  readonly type?: T;
}

/** A token with the value that a plugin gives it. */
export interface Provision {
  readonly provisionOf: string;
  readonly value: unknown;
}

/** Declares a token; `key` is dotted and starts with the owner's name (`keelson.clock`, `acme.ledger`). */
export function token<T>(key: string): Token<T> {
  return Object.freeze({
    tokenKind: 'token' as const,
    key,
    provide: (value: T): Provision => ({ provisionOf: key, value }),
  });
}

/** Marks a token as not necessary. */
export function optional<T>(required: Token<T>): OptionalToken<T> {
  return Object.freeze({ tokenKind: 'optional' as const, key: required.key });
}
