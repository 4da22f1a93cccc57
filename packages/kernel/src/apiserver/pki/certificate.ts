import { createPrivateKey, generateKeyPair, X509Certificate, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { isAddress } from './der.ts';
import { issuerOf, nameOf, signCertificate } from './x509.ts';

/** A certificate with its private key, both PEM. */
export interface KeyedCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** What a leaf certificate is for; the subject of a client certificate is the user (CN) and its groups (O). */
export interface LeafRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly usage: 'server' | 'client';
  /** Subject alternative names; addresses are recognised by their form. */
  readonly hosts?: readonly string[];
}

/** Validity of a certificate, milliseconds since the Unix epoch. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** An ECDSA P-256 key pair. */
export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const generateKeys = promisify(generateKeyPair);

/** Creates a self-signed ECDSA P-256 authority. */
export async function createAuthority(commonName: string, validity: Validity): Promise<KeyedCertificate> {
  const { publicKey, privateKey } = await newKeys();
  const subject = nameOf([['CN', commonName]]);
  const certificate = signCertificate({ subject, publicKey, ...validity, use: { authority: true } }, { subject, keyId: undefined, privateKey });
  return { certificate, privateKey: pemOf(privateKey) };
}

/** Signs a new leaf certificate with a fresh key; never valid longer than the authority itself. */
export async function issueLeaf(authority: KeyedCertificate, request: LeafRequest, validity: Validity, keys: Promise<KeyPair> = newKeys()): Promise<KeyedCertificate> {
  const { publicKey, privateKey } = await keys;
  const issuer = new X509Certificate(authority.certificate);
  const content = {
    subject: subjectOf(request),
    publicKey,
    notBefore: validity.notBefore,
    notAfter: Math.min(validity.notAfter, Date.parse(issuer.validTo)),
    use: { leaf: request.usage, hosts: request.hosts ?? [] },
  };
  return { certificate: signCertificate(content, issuerOf(issuer, createPrivateKey(authority.privateKey))), privateKey: pemOf(privateKey) };
}

/**
 * True when the stored leaf can still be used: signed by this authority, matching key, names covered, and more than
 * `marginMs` of its life left.
 */
export function isUsableLeaf(authority: KeyedCertificate, leaf: KeyedCertificate, request: LeafRequest, at: { readonly now: number; readonly marginMs: number }): boolean {
  try {
    const certificate = new X509Certificate(leaf.certificate);
    const issuer = new X509Certificate(authority.certificate);
    return (
      isCurrent(certificate, at) &&
      certificate.checkPrivateKey(createPrivateKey(leaf.privateKey)) &&
      certificate.verify(issuer.publicKey) &&
      sameSubject(certificate.subject, request) &&
      (request.hosts ?? []).every((host) => (isAddress(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined)
    );
  } catch {
    return false; // unreadable PEM: make a new one
  }
}

/** True when the certificate is valid now and stays so for `marginMs`. */
export function isCurrent(certificate: X509Certificate, at: { readonly now: number; readonly marginMs: number }): boolean {
  return Date.parse(certificate.validFrom) <= at.now && Date.parse(certificate.validTo) - at.marginMs > at.now;
}

function sameSubject(subject: string, request: LeafRequest): boolean {
  const lines = subject.split('\n');
  const wanted = [`CN=${request.commonName}`, ...(request.organizations ?? []).map((name) => `O=${name}`)];
  return lines.length === wanted.length && wanted.every((line) => lines.includes(line));
}

function subjectOf(request: LeafRequest): Buffer {
  // One relative name per group, as Go clients write them; order of O and CN carries no meaning.
  return nameOf([...(request.organizations ?? []).map((name) => ['O', name] as const), ['CN', request.commonName] as const]);
}

/** In a thread of the pool: other work of a start goes on meanwhile. */
export const newKeys = (): Promise<KeyPair> => generateKeys('ec', { namedCurve: 'P-256' });

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}
