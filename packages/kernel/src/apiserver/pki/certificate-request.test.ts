import { X509Certificate } from 'node:crypto';
import { createAuthority } from './certificate.ts';
import { createCertificateRequest, readCertificateRequest, signCertificateRequest } from './certificate-request.ts';

const now = Date.UTC(2030, 0, 1);
const validity = { notBefore: now, notAfter: now + 1000 * 86_400_000 };

describe('certificate requests', () => {
  it('are read as they were made', async () => {
    const { request } = await createCertificateRequest({ commonName: 'system:node:one', organizations: ['system:nodes'], hosts: ['10.0.0.1', 'one.example.org', 'fd00::1'] });
    expect(await readCertificateRequest(request)).toEqual({ commonName: 'system:node:one', organizations: ['system:nodes'], dnsNames: ['one.example.org'], ipAddresses: ['10.0.0.1', 'fd00::1'], emailAddresses: [], uris: [] });
  });

  it('are signed with subject, key, names and usages, within the life of the authority', async () => {
    const authority = await createAuthority('ca', { notBefore: now, notAfter: now + 86_400_000 });
    const { request, privateKey } = await createCertificateRequest({ commonName: 'system:node:one', organizations: ['system:nodes'], hosts: ['10.0.0.1'] });
    const text = await signCertificateRequest(authority, request, { ...validity, usages: ['digital signature', 'server auth'] });
    const certificate = new X509Certificate(text);
    expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
    expect(certificate.subject).toBe('O=system:nodes\nCN=system:node:one');
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIP('10.0.0.1')).toBe('10.0.0.1');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(Date.parse(certificate.validTo)).toBe(now + 86_400_000);
    const { createPrivateKey } = await import('node:crypto');
    expect(certificate.checkPrivateKey(createPrivateKey(privateKey))).toBe(true);
  });

  it('refuses what is no request, what its key did not sign, and what leaves may not do', async () => {
    const authority = await createAuthority('ca', validity);
    const [one, two] = await Promise.all([createCertificateRequest({ commonName: 'a', organizations: [] }), createCertificateRequest({ commonName: 'b', organizations: [] })]);
    await expect(readCertificateRequest('nonsense')).rejects.toMatchObject({ code: 'KEEL_CERTIFICATE_REQUEST' });
    const bytes = Buffer.from(one.request.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    const other = Buffer.from(two.request.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    // The subject of one with the signature of the other.
    other.subarray(-60).copy(bytes, bytes.length - 60);
    await expect(readCertificateRequest(`-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`)).rejects.toMatchObject({ code: 'KEEL_CERTIFICATE_REQUEST' });
    await expect(signCertificateRequest(authority, one.request, { ...validity, usages: ['cert sign'] })).rejects.toMatchObject({ code: 'KEEL_CERTIFICATE_USAGE' });
  });
});
