import { webcrypto } from 'node:crypto';
import { KeelsonError } from '@keelson/sdk';
import type { CertificateRequest } from '@keelson/sdk/auth';
import type { KeyedCertificate, Validity } from './certificate.ts';

/** A request with the key that signed it, both PEM. */
export interface KeyedRequest {
  readonly request: string;
  readonly privateKey: string;
}

type Library = typeof import('@peculiar/x509');

/** The library for all forms of X.509: requests come from any client. Loaded at the first request, since it is large. */
async function library(): Promise<Library> {
  await import('reflect-metadata');
  const module: Library & { readonly default?: Library } = await import('@peculiar/x509');
  // A bundler that picks the library's CommonJS form hands it over as the default export.
  return 'X509CertificateGenerator' in module ? module : (module as { readonly default: Library }).default;
}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const alternativeNames = '2.5.29.17';
const addressForm = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/;

/** Makes a P-256 key and a PKCS#10 request for it. */
export async function createCertificateRequest(subject: { readonly commonName: string; readonly organizations: readonly string[]; readonly hosts?: readonly string[] }): Promise<KeyedRequest> {
  const x509 = await library();
  const keys = await webcrypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const hosts = (subject.hosts ?? []).map((value) => ({ type: addressForm.test(value) ? ('ip' as const) : ('dns' as const), value }));
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      name: [...subject.organizations.map((name) => ({ O: [name] })), { CN: [subject.commonName] }],
      keys,
      signingAlgorithm: ecdsa,
      ...(hosts.length === 0 ? {} : { extensions: [new x509.SubjectAlternativeNameExtension(hosts)] }),
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { request: pem('CERTIFICATE REQUEST', Buffer.from(request.rawData)), privateKey: pem('PRIVATE KEY', key) };
}

/** What a request says. Throws KEEL_CERTIFICATE_REQUEST when it is none, or is not signed by its own key. */
export async function readCertificateRequest(text: string): Promise<CertificateRequest> {
  const { request } = await parse(text);
  const extension = request.getExtension(alternativeNames) as InstanceType<Library['SubjectAlternativeNameExtension']> | null;
  const names = extension?.names.items ?? [];
  const of = (type: string): string[] => names.filter((name) => name.type === type).map(({ value }) => value);
  const [commonName = ''] = request.subjectName.getField('CN');
  return {
    commonName,
    organizations: request.subjectName.getField('O'),
    dnsNames: of('dns'), ipAddresses: of('ip'), emailAddresses: of('email'), uris: of('url'),
  };
}

/**
 * Signs what a request asks for: its subject, its key and its alternative names, for the given usages (names of
 * certificates.k8s.io/v1), never longer than the authority is valid itself and never as an authority. PEM.
 */
export async function signCertificateRequest(authority: KeyedCertificate, text: string, options: Validity & { readonly usages: readonly string[] }): Promise<string> {
  const x509 = await library();
  const { request } = await parse(text);
  const issuer = new x509.X509Certificate(authority.certificate);
  const { flags, extended } = usagesOf(x509, options.usages);
  const names = request.getExtension(alternativeNames);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', Buffer.from(authority.privateKey.replace(/-----[^-]+-----|\s/g, ''), 'base64'), ecdsa, false, ['sign']);
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serial(),
      subject: request.subjectName.toJSON(),
      issuer: issuer.subjectName.toJSON(),
      publicKey: request.publicKey,
      signingKey,
      signingAlgorithm: ecdsa,
      notBefore: new Date(options.notBefore),
      notAfter: new Date(Math.min(options.notAfter, issuer.notAfter.getTime())),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
        ...(extended.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(extended)]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto),
        ...(names === null ? [] : [names]),
      ],
    },
    webcrypto,
  );
  return pem('CERTIFICATE', Buffer.from(certificate.rawData));
}

async function parse(text: string) {
  const x509 = await library();
  try {
    const request = new x509.Pkcs10CertificateRequest(text);
    if (await request.verify(webcrypto)) return { request };
  } catch (error) {
    throw new KeelsonError('KEEL_CERTIFICATE_REQUEST', `certificate request cannot be read: ${(error as Error).message}`, { cause: error });
  }
  throw new KeelsonError('KEEL_CERTIFICATE_REQUEST', 'certificate request is not signed by the key that it holds');
}

function usagesOf(x509: Library, usages: readonly string[]): { readonly flags: number; readonly extended: readonly string[] } {
  const { KeyUsageFlags: flag } = x509;
  const plain: Readonly<Record<string, number>> = {
    signing: flag.digitalSignature, 'digital signature': flag.digitalSignature, 'content commitment': flag.nonRepudiation, 'key encipherment': flag.keyEncipherment,
    'key agreement': flag.keyAgreement, 'data encipherment': flag.dataEncipherment, 'encipher only': flag.encipherOnly, 'decipher only': flag.decipherOnly,
  };
  const extended: Readonly<Record<string, string>> = {
    any: '2.5.29.37.0', 'server auth': '1.3.6.1.5.5.7.3.1', 'client auth': '1.3.6.1.5.5.7.3.2', 'code signing': '1.3.6.1.5.5.7.3.3', 'email protection': '1.3.6.1.5.5.7.3.4',
    's/mime': '1.3.6.1.5.5.7.3.4', 'ipsec end system': '1.3.6.1.5.5.7.3.5', 'ipsec tunnel': '1.3.6.1.5.5.7.3.6', 'ipsec user': '1.3.6.1.5.5.7.3.7',
    timestamping: '1.3.6.1.5.5.7.3.8', 'ocsp signing': '1.3.6.1.5.5.7.3.9', 'microsoft sgc': '1.3.6.1.4.1.311.10.3.3', 'netscape sgc': '2.16.840.1.113730.4.1',
  };
  const unknown = usages.filter((usage) => plain[usage] === undefined && extended[usage] === undefined);
  // Signing other certificates is not for leaves, whoever approved it.
  if (unknown.length > 0) throw new KeelsonError('KEEL_CERTIFICATE_USAGE', `certificates for ${unknown.map((usage) => `"${usage}"`).join(', ')} are not signed here`);
  return { flags: usages.reduce((sum, usage) => sum | (plain[usage] ?? 0), 0), extended: [...new Set(usages.flatMap((usage) => extended[usage] ?? []))] };
}

function serial(): string {
  const bytes = Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40; // positive, without padding
  return bytes.toString('hex');
}

function pem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;
}
