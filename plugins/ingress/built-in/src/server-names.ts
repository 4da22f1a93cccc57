import { createSecureContext, type SecureContext } from 'node:tls';
import type { Logger } from '@keelson/sdk';
import type { IngressCertificate } from '@keelson/sdk/ingress';

/** A pair for names that no secret is given for. */
export interface FallbackPair {
  readonly certificate: string;
  readonly privateKey: string;
}

interface Known {
  readonly of: IngressCertificate;
  /** Undefined: it cannot be used. */
  readonly context: SecureContext | undefined;
}

/** Finds the certificate for the name that a client asks for (SNI, RFC 6066). */
export class ServerNames {
  readonly #log: Logger;
  readonly #fallback: () => FallbackPair | undefined;
  #known = new Map<string, Known>();
  #byName = new Map<string, SecureContext>();
  #last: { readonly pair: FallbackPair; readonly context: SecureContext } | undefined;

  constructor(log: Logger, fallback: () => FallbackPair | undefined) {
    this.#log = log;
    this.#fallback = fallback;
  }

  /** Takes a new set in one step; a pair that does not fit is left out and told by its secret's name. */
  set(certificates: readonly IngressCertificate[]): void {
    const known = new Map<string, Known>();
    const byName = new Map<string, SecureContext>();
    for (const of of certificates) {
      const before = this.#known.get(of.secret);
      const same = before !== undefined && before.of.certificate === of.certificate && before.of.key === of.key;
      const context = same ? before.context : this.#read(of);
      known.set(of.secret, { of, context });
      if (context === undefined) continue;
      for (const name of of.hosts) if (!byName.has(name)) byName.set(name, context);
    }
    this.#known = known;
    this.#byName = byName;
  }

  /** For a name; its wildcard's, else the one that is given for all, else the fallback. Undefined: there is none. */
  find(name: string): SecureContext | undefined {
    const host = name.toLowerCase();
    const dot = host.indexOf('.');
    return this.#byName.get(host) ?? (dot > 0 ? this.#byName.get(`*${host.slice(dot)}`) : undefined) ?? this.#byName.get('') ?? this.#fallbackContext();
  }

  #read({ secret, certificate, key }: IngressCertificate): SecureContext | undefined {
    try {
      return createSecureContext({ cert: certificate, key });
    } catch {
      // What OpenSSL says could quote the secret.
      this.#log.warn('a TLS secret of an ingress cannot be used: tls.crt and tls.key are not PEM, or do not belong together', { secret });
      return undefined;
    }
  }

  #fallbackContext(): SecureContext | undefined {
    const pair = this.#fallback();
    if (pair === undefined) return undefined;
    if (this.#last?.pair.certificate !== pair.certificate) this.#last = { pair, context: createSecureContext({ cert: pair.certificate, key: pair.privateKey }) };
    return this.#last.context;
  }
}
