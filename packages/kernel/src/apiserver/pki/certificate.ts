import { X509Certificate, webcrypto } from 'node:crypto';
import { x509Library } from './x509-library.ts';

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

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const addressForm = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/;

/** Creates a self-signed ECDSA P-256 authority. */
export async function createAuthority(commonName: string, validity: Validity): Promise<KeyedCertificate> {
  const x509 = await x509Library();
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: newSerial(),
      name: [{ CN: [commonName] }],
      keys,
      signingAlgorithm: ecdsa,
      ...dates(validity),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certificate: pemBlock(certificate.toString('pem')), privateKey: await exportKey(keys.privateKey) };
}

/** Signs a new leaf certificate with a fresh key; never valid longer than the authority itself. */
export async function issueLeaf(authority: KeyedCertificate, request: LeafRequest, validity: Validity): Promise<KeyedCertificate> {
  const x509 = await x509Library();
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await newKeys();
  const usage = request.usage === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const hosts = request.hosts ?? [];
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: newSerial(),
      subject: subjectOf(request),
      issuer: issuer.subjectName.toJSON(),
      publicKey: keys.publicKey,
      signingKey: await importKey(authority.privateKey),
      signingAlgorithm: ecdsa,
      ...dates({ notBefore: validity.notBefore, notAfter: Math.min(validity.notAfter, issuer.notAfter.getTime()) }),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto),
        ...(hosts.length === 0
          ? []
          : [new x509.SubjectAlternativeNameExtension(hosts.map((value) => ({ type: addressForm.test(value) ? 'ip' : 'dns', value })))]),
      ],
    },
    webcrypto,
  );
  return { certificate: pemBlock(certificate.toString('pem')), privateKey: await exportKey(keys.privateKey) };
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
      certificate.verify(issuer.publicKey) &&
      sameSubject(certificate.subject, request) &&
      (request.hosts ?? []).every((host) => (addressForm.test(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined)
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

function subjectOf(request: LeafRequest): { [type: string]: string[] }[] {
  // One relative name per group, as Go clients write them; order of O and CN carries no meaning.
  return [...(request.organizations ?? []).map((name) => ({ O: [name] })), { CN: [request.commonName] }];
}

function dates(validity: Validity): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(validity.notBefore), notAfter: new Date(validity.notAfter) };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

function newSerial(): string {
  // First bit cleared and first byte not zero: a positive DER integer without padding.
  const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`;
}

async function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return await webcrypto.subtle.importKey('pkcs8', der, ecdsa, false, ['sign']);
}

function pemBlock(pem: string): string {
  return pem.endsWith('\n') ? pem : `${pem}\n`;
}
