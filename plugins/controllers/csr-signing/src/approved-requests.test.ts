import { X509Certificate } from 'node:crypto';
import { CertificateSigningRequest } from '@keelson/api/certificates/v1';
import { newObject } from '@keelson/client';
import { createAuthority, createCertificateRequest, readCertificateRequest, signCertificateRequest } from '@keelson/kernel/apiserver/pki';
import { CertificateSigner } from '@keelson/sdk/auth';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';
import { signerRules } from './signer-rules.ts';

const none = { commonName: 'system:node:one', organizations: ['system:nodes'], dnsNames: [], ipAddresses: [], emailAddresses: [], uris: [] };
const ten = ['10.0.0.1'];

test.each([
  ['kube-apiserver-client', none, ['client auth'], undefined],
  ['kube-apiserver-client', none, ['digital signature'], 'missing required usage for client certificate: client auth'],
  ['kube-apiserver-client', none, ['client auth', 'server auth'], 'invalid usage for client certificate: server auth'],
  ['kube-apiserver-client-kubelet', none, ['key encipherment', 'client auth', 'digital signature'], undefined],
  ['kube-apiserver-client-kubelet', none, ['client auth'], 'usages did not match [digital signature client auth] with or without key encipherment'],
  ['kube-apiserver-client-kubelet', { ...none, organizations: [] }, [], 'subject organization is not system:nodes'],
  ['kube-apiserver-client-kubelet', { ...none, commonName: 'one' }, [], 'subject common name does not begin with system:node: '],
  ['kube-apiserver-client-kubelet', { ...none, ipAddresses: ten }, [], 'IP subjectAltNames are not allowed'],
  ['kubelet-serving', { ...none, ipAddresses: ten }, ['server auth', 'digital signature'], undefined],
  ['kubelet-serving', none, [], 'DNS or IP subjectAltName is required'],
  ['kubelet-serving', { ...none, ipAddresses: ten, uris: ['u'] }, [], 'URI subjectAltNames are not allowed'],
  ['legacy-unknown', none, ['code signing'], undefined],
])('%s %j %j: %s', (signer, request, usages, against) => {
  expect(signerRules[`kubernetes.io/${signer}`]!(request, usages)).toBe(against);
});

async function world() {
  const now = 1_700_000_000_000;
  const authority = await createAuthority('ca', { notBefore: 0, notAfter: now * 3 });
  const signer = CertificateSigner.provide({ read: readCertificateRequest, sign: (request, how) => signCertificateRequest(authority, request, how) });
  const cluster = await pluginCluster({ plugin, given: [signer] });
  const ask = async (spec: Record<string, unknown>, approved = true) => {
    const { request } = await createCertificateRequest({ commonName: 'jane', organizations: ['dev'] });
    const created = await cluster.admin.create(newObject(CertificateSigningRequest, { metadata: { generateName: 'csr-' }, spec: { request: Buffer.from(request).toString('base64'), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'], ...spec } } as never));
    if (approved) await cluster.admin.subresource(CertificateSigningRequest, created.metadata, 'approval', 'update', { ...created, status: { conditions: [{ type: 'Approved', status: 'True', reason: 'Test', message: 'yes' }] } });
    for (let turn = 0; turn < 20; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await cluster.settle();
    }
    return (await cluster.admin.get(CertificateSigningRequest, created.metadata))!.status;
  };
  return { ...cluster, authority, ask };
}

test('an approved request gets a certificate of the authority, as long as it asks for', async () => {
  const { ask, authority, clock, stop } = await world();
  const status = await ask({ expirationSeconds: 3600 });
  const certificate = new X509Certificate(Buffer.from(status!.certificate!, 'base64'));
  expect(certificate.subject).toBe('O=dev\nCN=jane');
  expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)).toBe(3_600_000);
  expect(Math.abs(Date.parse(certificate.validFrom) + 300_000 - clock.now())).toBeLessThan(1000);
  await stop();
});

test('what was not approved, or is for another signer, stays as it is', async () => {
  const { ask, stop } = await world();
  expect(await ask({}, false)).not.toHaveProperty('certificate');
  expect(await ask({ signerName: 'example.org/own' })).not.toHaveProperty('certificate');
  await stop();
});

test('what breaks the rules of its signer fails for good', async () => {
  const { ask, stop } = await world();
  const status = await ask({ usages: ['client auth', 'server auth'] });
  expect(status).not.toHaveProperty('certificate');
  expect(status!.conditions!.map(({ type, reason, message }) => [type, reason, message])).toContainEqual(['Failed', 'SignerValidationFailure', 'invalid usage for client certificate: server auth']);
  await stop();
});
