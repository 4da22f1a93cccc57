import { createHash, randomBytes, sign, type KeyObject, type X509Certificate } from 'node:crypto';
import { addressBytes, der, derValues, explicit, implicit, isAddress, objectId, Tag, time } from './der.ts';

// X.509 certificates (RFC 5280) of the two forms that a cluster makes. A library for all forms takes a tenth of the
// first boot to load and run.

/** What a certificate says. */
export interface CertificateContent {
  /** DER of a name; see `nameOf`. */
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly notBefore: number;
  readonly notAfter: number;
  /** An authority signs others; a leaf is for one usage. */
  readonly use: { readonly authority: true } | { readonly leaf: 'server' | 'client'; readonly hosts: readonly string[] };
}

/** Who signs: a P-256 key with its name and, where its certificate has one, its identifier. */
export interface Issuer {
  readonly subject: Buffer;
  readonly keyId: Buffer | undefined;
  readonly privateKey: KeyObject;
}

const ecdsaWithSha256 = der(Tag.sequence, objectId('1.2.840.10045.4.3.2'));
const attributes = { CN: '2.5.4.3', O: '2.5.4.10' } as const;
const subjectKeyIdentifier = '2.5.29.14';
const usages = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;
const critical = der(Tag.boolean, Buffer.from([0xff]));

/** A distinguished name, one attribute each in the order given. */
export function nameOf(parts: readonly (readonly ['CN' | 'O', string])[]): Buffer {
  return der(Tag.sequence, ...parts.map(([attribute, value]) => der(Tag.set, der(Tag.sequence, objectId(attributes[attribute]), der(Tag.utf8, Buffer.from(value))))));
}

/** The identifier of a key: SHA-1 over its bits, as method 1 of RFC 5280 section 4.2.1.2 has it. */
export function keyIdOf(publicKey: KeyObject): Buffer {
  const [, bits] = derValues(derValues(publicKey.export({ type: 'spki', format: 'der' }))[0]!.content);
  return createHash('sha1').update(bits!.content.subarray(1)).digest();
}

/** Name and key identifier of an authority as its certificate writes them, since they must be repeated byte for byte. */
export function issuerOf(certificate: X509Certificate, privateKey: KeyObject): Issuer {
  const [signed] = derValues(derValues(certificate.raw)[0]!.content);
  // Version, serial number, signature algorithm, issuer, validity, subject, public key, …, extensions.
  const parts = derValues(signed!.content);
  const extensions = parts.find(({ tag }) => tag === 0xa3);
  const wanted = objectId(subjectKeyIdentifier);
  const found = extensions && derValues(derValues(extensions.content)[0]!.content).map(({ content }) => derValues(content)).find(([id]) => id!.whole.equals(wanted));
  return { subject: parts[5]!.whole, keyId: found && derValues(found.at(-1)!.content)[0]!.content, privateKey };
}

/** Signs a certificate; PEM. Throws a `TypeError` for an authority's key that is no EC key. */
export function signCertificate(content: CertificateContent, issuer: Issuer): string {
  if (issuer.privateKey.asymmetricKeyType !== 'ec') throw new TypeError(`the key of the certificate authority is of type ${String(issuer.privateKey.asymmetricKeyType)}; use EC P-256`);
  const signed = der(Tag.sequence,
    explicit(0, der(Tag.integer, Buffer.from([2]))), // version 3
    der(Tag.integer, newSerial()),
    ecdsaWithSha256,
    issuer.subject,
    der(Tag.sequence, time(content.notBefore), time(content.notAfter)),
    content.subject,
    content.publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, der(Tag.sequence, ...extensionsOf(content, issuer))),
  );
  const signature = sign('sha256', signed, issuer.privateKey);
  const whole = der(Tag.sequence, signed, ecdsaWithSha256, bitString(0, signature));
  return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}(?!$)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function extensionsOf({ use, publicKey }: CertificateContent, { keyId }: Issuer): Buffer[] {
  if ('authority' in use) {
    return [
      extension('2.5.29.19', [critical], der(Tag.sequence, der(Tag.boolean, Buffer.from([0xff])))),
      extension('2.5.29.15', [critical], bitString(1, Buffer.from([0b1000_0110]))), // digitalSignature, keyCertSign, cRLSign
      extension(subjectKeyIdentifier, [], der(Tag.octets, keyIdOf(publicKey))),
    ];
  }
  return [
    extension('2.5.29.19', [critical], der(Tag.sequence)),
    extension('2.5.29.15', [critical], bitString(7, Buffer.from([0b1000_0000]))), // digitalSignature
    extension('2.5.29.37', [], der(Tag.sequence, objectId(usages[use.leaf]))),
    ...(keyId === undefined ? [] : [extension('2.5.29.35', [], der(Tag.sequence, implicit(0, keyId)))]),
    ...(use.hosts.length === 0 ? [] : [extension('2.5.29.17', [], der(Tag.sequence, ...use.hosts.map(hostName)))]),
  ];
}

function hostName(host: string): Buffer {
  return isAddress(host) ? implicit(7, addressBytes(host)) : implicit(2, Buffer.from(host));
}

function extension(id: string, flags: readonly Buffer[], value: Buffer): Buffer {
  return der(Tag.sequence, objectId(id), ...flags, der(Tag.octets, value));
}

function bitString(unused: number, bits: Buffer): Buffer {
  return der(Tag.bits, Buffer.from([unused]), bits);
}

function newSerial(): Buffer {
  // First bit cleared and first byte not zero: a positive integer without padding.
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x3f) | 0x40;
  return bytes;
}
