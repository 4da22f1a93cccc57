import { createHash } from 'node:crypto';
import type { Clock, Random } from '@keelson/sdk';
import type { UserInfo } from '@keelson/sdk/auth';
import type { PublicJwk, SigningKey } from '../pki/signing-key.ts';
import { legacyIssuer, readClaims, type BoundReference, type TokenClaims } from './claims.ts';
import { asAuthenticated, serviceAccountGroups, serviceAccountUserName } from './identity.ts';
import { parseJws, signJws, verifyJws, type VerificationKey } from './jws.ts';

/** What must still exist for a token to be good; objects straight from the server's caches. */
interface Existing {
  readonly metadata: { readonly uid?: string | undefined; readonly deletionTimestamp?: string | undefined };
}

/** Synchronous look-ups of the objects that tokens name. */
export interface TokenLookup {
  serviceAccount(namespace: string, name: string): Existing | undefined;
  pod(namespace: string, name: string): Existing | undefined;
  node(name: string): Existing | undefined;
  secret(namespace: string, name: string): Existing | undefined;
}

export interface ServiceAccountTokensOptions {
  readonly key: SigningKey;
  /** Keys of earlier times whose tokens are still honoured. */
  readonly oldKeys?: readonly VerificationKey[];
  /** `iss` of the tokens; by convention the server's cluster-internal URL. */
  readonly issuer: string;
  /** Audiences that this server itself accepts; default: the issuer alone. */
  readonly audiences?: readonly string[];
  readonly lookup: TokenLookup;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a new token is for. */
export interface IssueRequest {
  readonly namespace: string;
  readonly serviceAccount: BoundReference;
  /** Empty: the server's own audiences. */
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly pod?: BoundReference;
  readonly node?: BoundReference;
  readonly secret?: BoundReference;
}

export interface IssuedToken {
  readonly token: string;
  readonly audiences: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** Outcome of a check: `foreign` tokens may belong to another authenticator. */
export type TokenVerdict =
  | { readonly kind: 'valid'; readonly user: UserInfo; readonly audiences: readonly string[] }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'invalid'; readonly why: string };

interface Verified {
  readonly claims: TokenClaims;
  readonly user: UserInfo;
}

/** Tokens of objects that are being deleted stay good this long, for what runs in their grace period. */
const deletionLeewayMs = 60_000;
const maxCached = 10_000;

/**
 * Issues and verifies service-account tokens. A signature is checked once per token: what was verified is kept by
 * digest until it expires, while the existence of the account and of what the token is bound to is checked each time.
 */
export class ServiceAccountTokens {
  private readonly verified = new Map<string, Verified>();
  private readonly keys: readonly VerificationKey[];
  readonly audiences: readonly string[];
  readonly issuer: string;

  constructor(private readonly options: ServiceAccountTokensOptions) {
    this.keys = [options.key, ...(options.oldKeys ?? [])];
    this.issuer = options.issuer;
    this.audiences = options.audiences ?? [options.issuer];
  }

  /** Signs a bound token. */
  issue(request: IssueRequest): IssuedToken {
    const { clock, random, key, issuer } = this.options;
    const now = Math.floor(clock.now() / 1000);
    const audiences = request.audiences.length === 0 ? this.audiences : request.audiences;
    const exp = now + request.expirationSeconds;
    const { namespace, serviceAccount, pod, node, secret } = request;
    const token = signJws(key, {
      aud: audiences,
      exp,
      iat: now,
      iss: issuer,
      jti: random.uuid(),
      'kubernetes.io': {
        namespace,
        ...(node === undefined ? {} : { node }),
        ...(pod === undefined ? {} : { pod }),
        ...(secret === undefined ? {} : { secret }),
        serviceaccount: serviceAccount,
      },
      nbf: now,
      sub: serviceAccountUserName(namespace, serviceAccount.name),
    });
    return { token, audiences, expiresAt: exp * 1000 };
  }

  /** Signs the token of a secret of type kubernetes.io/service-account-token: no audience, no end. */
  issueForSecret(request: { readonly namespace: string; readonly serviceAccount: BoundReference; readonly secretName: string }): string {
    const { namespace, serviceAccount, secretName } = request;
    return signJws(this.options.key, {
      iss: legacyIssuer,
      [`${legacyIssuer}/namespace`]: namespace,
      [`${legacyIssuer}/secret.name`]: secretName,
      [`${legacyIssuer}/service-account.name`]: serviceAccount.name,
      [`${legacyIssuer}/service-account.uid`]: serviceAccount.uid,
      sub: serviceAccountUserName(namespace, serviceAccount.name),
    });
  }

  /** Checks a token for one of `audiences` (default: the server's own). The verdict never repeats the token. */
  verify(token: string, audiences: readonly string[] = this.audiences): TokenVerdict {
    const digest = createHash('sha256').update(token).digest('base64');
    const known = this.verified.get(digest) ?? this.checkSignature(token, digest);
    if ('kind' in known) return known;
    const { claims, user } = known;
    const now = this.options.clock.now();
    if (claims.exp * 1000 <= now) {
      this.verified.delete(digest);
      return invalid('the token has expired');
    }
    if (claims.nbf * 1000 > now + 1000) return invalid('the token is not valid yet');
    // A secret's token states no audience and is good for the server's own.
    const common = claims.iss === legacyIssuer ? audiences.filter((name) => this.audiences.includes(name)) : audiences.filter((name) => claims.aud.includes(name));
    if (common.length === 0) return invalid('the token is for another audience');
    const gone = this.findGone(claims, now);
    return gone === undefined ? { kind: 'valid', user, audiences: common } : invalid(gone);
  }

  /** Document of `/openid/v1/jwks`. */
  jwks(): { readonly keys: readonly PublicJwk[] } {
    return { keys: [this.options.key.jwk] };
  }

  /** Document of `/.well-known/openid-configuration`. */
  openidConfiguration(jwksUri: string): Readonly<Record<string, unknown>> {
    return {
      issuer: this.issuer,
      jwks_uri: jwksUri,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [this.options.key.algorithm],
    };
  }

  private checkSignature(token: string, digest: string): Verified | TokenVerdict {
    const parsed = parseJws(token);
    const issuer = parsed?.payload['iss'];
    if (parsed === undefined || (issuer !== this.issuer && issuer !== legacyIssuer)) return { kind: 'foreign' };
    if (!verifyJws(parsed, this.keys)) return invalid('the signature of the token does not match');
    const claims = readClaims(parsed.payload);
    if (claims === undefined) return invalid('the token lacks claims');
    const { namespace, serviceaccount } = claims.kubernetes;
    if (claims.sub !== serviceAccountUserName(namespace, serviceaccount.name)) return invalid('the subject of the token is not its service account');
    const verified = { claims, user: userOf(claims) };
    if (this.verified.size >= maxCached) this.forgetOldest();
    this.verified.set(digest, verified);
    return verified;
  }

  private forgetOldest(): void {
    for (const digest of this.verified.keys()) {
      this.verified.delete(digest);
      return;
    }
  }

  /** Names the first object that the token needs and that is no longer there. */
  private findGone({ kubernetes }: TokenClaims, now: number): string | undefined {
    const { lookup } = this.options;
    const { namespace, serviceaccount, pod, node, secret } = kubernetes;
    const gone = (found: Existing | undefined, uid: string) => {
      const deletedAt = found?.metadata.deletionTimestamp;
      return found === undefined || (uid !== '' && found.metadata.uid !== uid) || (deletedAt !== undefined && Date.parse(deletedAt) + deletionLeewayMs < now);
    };
    if (gone(lookup.serviceAccount(namespace, serviceaccount.name), serviceaccount.uid)) return 'the service account of the token is gone';
    if (secret !== undefined && gone(lookup.secret(namespace, secret.name), secret.uid)) return 'the secret that the token is bound to is gone';
    if (pod !== undefined && gone(lookup.pod(namespace, pod.name), pod.uid)) return 'the pod that the token is bound to is gone';
    // With a pod the node is a note only; alone it is what the token is bound to.
    if (pod === undefined && node !== undefined && gone(lookup.node(node.name), node.uid)) return 'the node that the token is bound to is gone';
    return undefined;
  }
}

function userOf({ jti, kubernetes }: TokenClaims): UserInfo {
  const { namespace, serviceaccount, pod, node } = kubernetes;
  const extra: Record<string, readonly string[]> = {
    ...(jti === undefined ? {} : { 'authentication.kubernetes.io/credential-id': [`JTI=${jti}`] }),
    ...(node === undefined ? {} : { 'authentication.kubernetes.io/node-name': [node.name], 'authentication.kubernetes.io/node-uid': [node.uid] }),
    ...(pod === undefined ? {} : { 'authentication.kubernetes.io/pod-name': [pod.name], 'authentication.kubernetes.io/pod-uid': [pod.uid] }),
  };
  return asAuthenticated({
    name: serviceAccountUserName(namespace, serviceaccount.name),
    uid: serviceaccount.uid,
    groups: serviceAccountGroups(namespace),
    ...(Object.keys(extra).length === 0 ? {} : { extra: Object.freeze(extra) }),
  });
}

function invalid(why: string): TokenVerdict {
  return { kind: 'invalid', why };
}
