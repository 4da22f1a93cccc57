/** Name and uid of an object that a token is bound to. */
export interface BoundReference {
  readonly name: string;
  readonly uid: string;
}

/** Private part of a bound token's claims. */
export interface KubernetesClaims {
  readonly namespace: string;
  readonly serviceaccount: BoundReference;
  readonly pod?: BoundReference;
  readonly node?: BoundReference;
  readonly secret?: BoundReference;
}

/** All claims of a service-account token, times in seconds since the Unix epoch. */
export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: readonly string[];
  /** Infinity for the tokens of secrets, which do not expire. */
  readonly exp: number;
  readonly nbf: number;
  readonly jti: string | undefined;
  readonly kubernetes: KubernetesClaims;
}

/** Issuer of the tokens that live in secrets. */
export const legacyIssuer = 'kubernetes/serviceaccount';

/** Reads the claims of a token of this server's issuer, or of a secret's token; undefined when a part is missing or of the wrong type. */
export function readClaims(payload: Readonly<Record<string, unknown>>): TokenClaims | undefined {
  return payload['iss'] === legacyIssuer ? readLegacy(payload) : readBound(payload);
}

function readBound(payload: Readonly<Record<string, unknown>>): TokenClaims | undefined {
  const { iss, sub, exp, jti } = payload;
  const kubernetes = record(payload['kubernetes.io']);
  const serviceaccount = reference(kubernetes?.['serviceaccount']);
  const namespace = kubernetes?.['namespace'];
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof exp !== 'number') return undefined;
  if (kubernetes === undefined || serviceaccount === undefined || typeof namespace !== 'string') return undefined;
  const bound: Record<string, BoundReference> = {};
  for (const kind of ['pod', 'node', 'secret']) {
    if (kubernetes[kind] === undefined) continue;
    const found = reference(kubernetes[kind]);
    if (found === undefined) return undefined;
    bound[kind] = found;
  }
  return {
    iss,
    sub,
    exp,
    aud: audience(payload['aud']),
    nbf: typeof payload['nbf'] === 'number' ? payload['nbf'] : 0,
    jti: typeof jti === 'string' ? jti : undefined,
    kubernetes: { namespace, serviceaccount, ...bound },
  };
}

function readLegacy(payload: Readonly<Record<string, unknown>>): TokenClaims | undefined {
  const text = (name: string) => {
    const value = payload[`${legacyIssuer}/${name}`];
    return typeof value === 'string' ? value : undefined;
  };
  const [namespace, name, uid, secret] = [text('namespace'), text('service-account.name'), text('service-account.uid'), text('secret.name')];
  if (typeof payload['sub'] !== 'string' || namespace === undefined || name === undefined || uid === undefined || secret === undefined) return undefined;
  return {
    iss: legacyIssuer,
    sub: payload['sub'],
    aud: [],
    exp: Infinity,
    nbf: 0,
    jti: undefined,
    kubernetes: { namespace, serviceaccount: { name, uid }, secret: { name: secret, uid: '' } },
  };
}

function reference(value: unknown): BoundReference | undefined {
  const found = record(value);
  return found !== undefined && typeof found['name'] === 'string' && typeof found['uid'] === 'string'
    ? { name: found['name'], uid: found['uid'] }
    : undefined;
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function audience(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}
