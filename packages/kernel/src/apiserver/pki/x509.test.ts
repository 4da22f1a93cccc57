import 'reflect-metadata';
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';
import { describeWith, program } from '../../../../../tools/jest/require-part.ts';
import { createAuthority, issueLeaf } from './certificate.ts';
import { addressBytes, time } from './der.ts';
import { issuerOf, keyIdOf, nameOf, signCertificate } from './x509.ts';

const validity = { notBefore: Date.parse('2026-01-01T00:00:00Z'), notAfter: Date.parse('2060-06-01T00:00:00Z') };
const hosts = ['localhost', 'a.example.org', '10.96.0.1', '::1', '2001:db8::2:3', '::ffff:192.0.2.7'];

describe('certificates', () => {
  it('say to another reader what they were made to say', async () => {
    const authority = await createAuthority('keelson-ca', validity);
    const ca = new x509.X509Certificate(authority.certificate);
    expect([ca.subject, ca.issuer, ca.notBefore, ca.notAfter]).toEqual(['CN=keelson-ca', 'CN=keelson-ca', new Date(validity.notBefore), new Date(validity.notAfter)]);
    expect(ca.getExtension(x509.BasicConstraintsExtension)).toMatchObject({ ca: true, critical: true });
    expect(ca.getExtension(x509.KeyUsagesExtension)).toMatchObject({ usages: x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, critical: true });
    expect(ca.getExtension(x509.SubjectKeyIdentifierExtension)!.keyId).toBe(keyIdOf(new X509Certificate(authority.certificate).publicKey).toString('hex'));

    const { certificate, privateKey } = await issueLeaf(authority, { commonName: 'jürgen', organizations: ['a', 'system:masters'], usage: 'client', hosts }, { notBefore: validity.notBefore, notAfter: validity.notAfter + 1e12 });
    const leaf = new x509.X509Certificate(certificate);
    expect([leaf.subject, leaf.issuer, leaf.notAfter]).toEqual(['O=a, O=system:masters, CN=jürgen', 'CN=keelson-ca', ca.notAfter]);
    expect(leaf.getExtension(x509.BasicConstraintsExtension)).toMatchObject({ ca: false, critical: true });
    expect(leaf.getExtension(x509.KeyUsagesExtension)).toMatchObject({ usages: x509.KeyUsageFlags.digitalSignature, critical: true });
    expect(leaf.getExtension(x509.ExtendedKeyUsageExtension)!.usages).toEqual([x509.ExtendedKeyUsage.clientAuth]);
    expect(leaf.getExtension(x509.AuthorityKeyIdentifierExtension)!.keyId).toBe(ca.getExtension(x509.SubjectKeyIdentifierExtension)!.keyId);
    const native = new X509Certificate(certificate);
    for (const host of hosts) expect(native.checkHost(host) ?? native.checkIP(host)).toBeDefined();
    expect(native.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
    expect(native.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
    expect(native.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  it('name the authority as its own certificate does, whoever made that', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = { publicKey: await crypto.subtle.importKey('spki', publicKey.export({ type: 'spki', format: 'der' }), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']), privateKey: await crypto.subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']) };
    const foreign = await x509.X509CertificateGenerator.createSelfSigned({ name: 'C=CH, O=Example, CN=root', keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' }, notBefore: new Date(validity.notBefore), notAfter: new Date(validity.notAfter), extensions: [new x509.BasicConstraintsExtension(true, undefined, true), new x509.SubjectKeyIdentifierExtension('0102030405', false)] }, crypto);
    const issuer = issuerOf(new X509Certificate(foreign.toString('pem')), privateKey);
    expect(issuer.keyId!.toString('hex')).toBe('0102030405');
    const leaf = new X509Certificate(signCertificate({ subject: nameOf([['CN', 'x']]), publicKey, ...validity, use: { leaf: 'server', hosts: [] } }, issuer));
    expect(leaf.checkIssued(new X509Certificate(foreign.toString('pem')))).toBe(true);
  });

  it('hold a long list of names', async () => {
    const authority = await createAuthority('ca', validity);
    const many = Array.from({ length: 300 }, (_, i) => `host-${i}.example.org`);
    const leaf = new X509Certificate((await issueLeaf(authority, { commonName: 'x', usage: 'server', hosts: many }, validity)).certificate);
    expect(leaf.checkHost('host-299.example.org')).toBeDefined();
  });
});

describeWith(program('openssl'))('certificates seen by openssl', () => {
  it('are verified strictly', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'keelson-x509-'));
    try {
      const authority = await createAuthority('keelson-ca', validity);
      writeFileSync(join(folder, 'ca.crt'), authority.certificate);
      writeFileSync(join(folder, 'leaf.crt'), (await issueLeaf(authority, { commonName: 'x', usage: 'server', hosts }, validity)).certificate);
      expect(execFileSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', 'ca.crt', 'leaf.crt'], { cwd: folder, encoding: 'utf8' })).toBe('leaf.crt: OK\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('DER', () => {
  it.each([['10.0.0.255', '0a0000ff'], ['::', '00'.repeat(16)], ['fe80::1', 'fe80' + '00'.repeat(13) + '01'], ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'], ['::ffff:1.2.3.4', '00'.repeat(10) + 'ffff01020304']])('writes the address %s', (address, hex) => {
    expect(addressBytes(address).toString('hex')).toBe(hex);
  });

  it('writes years from 2050 on in full', () => {
    expect([time(Date.parse('2049-12-31T23:59:59Z')), time(Date.parse('2050-01-01T00:00:00Z'))].map((value) => value.subarray(2).toString())).toEqual(['491231235959Z', '20500101000000Z']);
  });
});
