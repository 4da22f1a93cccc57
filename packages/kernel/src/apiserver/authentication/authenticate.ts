import { StatusError } from '@keelson/sdk';
import type { Authenticator, Credentials, UserInfo } from '@keelson/sdk/auth';
import { anonymous, asAuthenticated } from './identity.ts';
import type { ClientCertificate } from './peer-certificate.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

/** Who calls; throws StatusError Unauthorized. Answers synchronously unless a contributed authenticator is asked. */
export type Authenticate = (credentials: Credentials) => UserInfo | Promise<UserInfo>;

export interface AuthenticationParts {
  readonly tokens: ServiceAccountTokens | undefined;
  /** Asked after the built-in ways, in order; iterated at each request, so that plugins come and go. */
  readonly contributed: Iterable<Authenticator>;
  /** False: a request without credentials is refused. */
  readonly anonymous: boolean;
  /** Told why a credential was refused, never with the credential itself. */
  readonly onRefused?: (why: string) => void;
}

const maxKnownCertificates = 4096;

/** Builds the chain: client certificate, service-account token, then what plugins contribute, then anonymous. */
export function createAuthentication(parts: AuthenticationParts): Authenticate {
  const certificateUser = certificateUsers();
  return (credentials) => {
    if (credentials.clientCertificate !== undefined) return certificateUser(credentials.clientCertificate);
    const token = credentials.bearerToken;
    if (token !== undefined && token !== '' && parts.tokens !== undefined) {
      const verdict = parts.tokens.verify(token);
      if (verdict.kind === 'valid') return verdict.user;
      if (verdict.kind === 'invalid') return askOthers(parts, credentials, verdict.why);
    }
    return askOthers(parts, credentials, token === undefined ? undefined : 'no authenticator knows the bearer token');
  };
}

/** The error of every failed authentication; it tells nothing about the cause, as upstream's. */
export function unauthorized(cause?: unknown): StatusError {
  return new StatusError('Unauthorized', 'Unauthorized', {}, cause === undefined ? {} : { cause });
}

function askOthers(parts: AuthenticationParts, credentials: Credentials, refusal: string | undefined): UserInfo | Promise<UserInfo> {
  for (const first of parts.contributed) {
    void first;
    return askContributed(parts, credentials, refusal);
  }
  return conclude(parts, refusal);
}

async function askContributed(parts: AuthenticationParts, credentials: Credentials, refusal: string | undefined): Promise<UserInfo> {
  let why = refusal;
  for (const authenticator of parts.contributed) {
    try {
      const user = await authenticator.authenticate(credentials);
      if (user !== undefined) return asAuthenticated(user);
    } catch (error) {
      // One authenticator's refusal or fault must not hide another's success.
      why ??= `authenticator ${authenticator.name}: ${error instanceof Error ? error.message : 'failed'}`;
    }
  }
  return conclude(parts, why);
}

function conclude(parts: AuthenticationParts, why: string | undefined): UserInfo {
  if (why === undefined && parts.anonymous) return anonymous;
  parts.onRefused?.(why ?? 'no credentials and anonymous requests are off');
  throw unauthorized();
}

/** One user object per certificate, however many connections show it: authorization caches by user object. */
function certificateUsers(): (certificate: ClientCertificate) => UserInfo {
  const known = new Map<string, UserInfo>();
  return (certificate) => {
    const found = known.get(certificate.fingerprint);
    if (found !== undefined) return found;
    const user = asAuthenticated({
      name: certificate.commonName,
      groups: certificate.organizations,
      extra: Object.freeze({ 'authentication.kubernetes.io/credential-id': [`X509SHA256=${certificate.fingerprint}`] }),
    });
    if (known.size >= maxKnownCertificates) known.clear();
    known.set(certificate.fingerprint, user);
    return user;
  };
}
