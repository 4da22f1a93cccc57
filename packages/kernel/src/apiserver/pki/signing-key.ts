import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** Signature algorithms of service-account tokens. */
export type SigningAlgorithm = 'ES256' | 'RS256';

/** Public half of a signing key, as `/openid/v1/jwks` shows it. */
export interface PublicJwk {
  readonly kty: string;
  readonly use: 'sig';
  readonly alg: SigningAlgorithm;
  readonly kid: string;
  readonly [member: string]: string;
}

/** Key pair that signs service-account tokens. */
export interface SigningKey {
  readonly algorithm: SigningAlgorithm;
  /** Stable name of the key: the RFC 7638 style digest of its public part. */
  readonly keyId: string;
  /** PKCS #8 PEM. */
  readonly privateKey: string;
  readonly signer: KeyObject;
  readonly verifier: KeyObject;
  readonly jwk: PublicJwk;
}

/** Makes a new key; ES256 takes well under a millisecond, RS256 (2048 bit) up to a second. */
export function createSigningKey(algorithm: SigningAlgorithm): SigningKey {
  const { privateKey } =
    algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return describeKey(privateKey);
}

/** Reads a PEM private key (EC P-256 or RSA); throws for any other. */
export function readSigningKey(pem: string): SigningKey {
  return describeKey(createPrivateKey(pem));
}

function describeKey(signer: KeyObject): SigningKey {
  const algorithm = algorithmOf(signer);
  const verifier = createPublicKey(signer);
  const keyId = createHash('sha256').update(verifier.export({ type: 'spki', format: 'der' })).digest('base64url');
  const members = verifier.export({ format: 'jwk' }) as Record<string, string>;
  return {
    algorithm,
    keyId,
    privateKey: signer.export({ type: 'pkcs8', format: 'pem' }) as string,
    signer,
    verifier,
    jwk: { ...members, kty: members['kty'] ?? '', use: 'sig', alg: algorithm, kid: keyId },
  };
}

function algorithmOf(key: KeyObject): SigningAlgorithm {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return 'ES256';
  throw new Error(`service-account signing key is of type ${key.asymmetricKeyType ?? 'unknown'}; use RSA or EC P-256`);
}
