import { sign, verify } from 'node:crypto';
import type { SigningAlgorithm, SigningKey } from '../pki/signing-key.ts';

/**
 * Compact JSON Web Signatures, synchronously. The usual library (jose, which the tests hold this against) signs on a
 * thread of its own: an answer from there arrives between other events at random, which would cost a seeded run its
 * reproducibility.
 */
export interface ParsedJws {
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly payload: Readonly<Record<string, unknown>>;
  /** The bytes that the signature covers. */
  readonly signed: string;
  readonly signature: Buffer;
}

const base64url = /^[A-Za-z0-9_-]+$/;
const dsaEncoding = 'ieee-p1363';

/** Signs `payload`; the header names algorithm and key. */
export function signJws(key: SigningKey, payload: object): string {
  const signed = `${encode({ alg: key.algorithm, kid: key.keyId })}.${encode(payload)}`;
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: key.signer, dsaEncoding }).toString('base64url')}`;
}

/** Splits a token without trusting it; undefined when it is no signed JSON token. */
export function parseJws(token: string): ParsedJws | undefined {
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined || signature === undefined) return undefined;
  if (!parts.every((part) => base64url.test(part))) return undefined;
  const head = decode(header);
  const body = decode(payload);
  if (head === undefined || body === undefined || typeof head['alg'] !== 'string' || head['crit'] !== undefined) return undefined;
  const keyId = head['kid'];
  return {
    algorithm: head['alg'],
    keyId: typeof keyId === 'string' ? keyId : undefined,
    payload: body,
    signed: `${header}.${payload}`,
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** The part of a signing key that verification needs. */
export type VerificationKey = Pick<SigningKey, 'keyId' | 'verifier'> & { readonly algorithm: SigningAlgorithm };

/** True when one of the keys made the signature; the algorithm is the key's, never the token's choice. */
export function verifyJws(token: ParsedJws, keys: readonly VerificationKey[]): boolean {
  const named = keys.filter((key) => token.keyId === undefined || key.keyId === token.keyId);
  return named.some(
    (key) =>
      key.algorithm === token.algorithm && verify('sha256', Buffer.from(token.signed), { key: key.verifier, dsaEncoding }, token.signature),
  );
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
