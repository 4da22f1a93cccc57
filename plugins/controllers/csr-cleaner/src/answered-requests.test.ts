import { CertificateSigningRequest } from '@keelson/api/certificates/v1';
import { newObject } from '@keelson/client';
import { createCertificateRequest } from '@keelson/kernel/apiserver/pki';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import { endOf } from './answered-requests.ts';
import plugin from './plugin.ts';

const hour = 3_600_000;
const made = '2030-01-01T00:00:00Z';
const csr = (conditions: readonly { type: string; lastUpdateTime?: string }[]) => ({ metadata: { creationTimestamp: made }, status: { conditions: conditions.map((condition) => ({ status: 'True', ...condition })) } }) as unknown as CertificateSigningRequest;

test.each([
  ['no answer', csr([]), 24 * hour],
  ['approved', csr([{ type: 'Approved', lastUpdateTime: '2030-01-01T02:00:00Z' }]), 3 * hour],
  ['denied, without a time', csr([{ type: 'Denied' }]), hour],
  ['approved, then failed', csr([{ type: 'Approved', lastUpdateTime: '2030-01-01T02:00:00Z' }, { type: 'Failed', lastUpdateTime: '2030-01-01T05:00:00Z' }]), 3 * hour],
])('%s', (_title, request, after) => {
  expect(endOf(request)).toBe(Date.parse(made) + after);
});

test('a request goes when its time has come, and not before', async () => {
  const { admin, clock, settle, stop } = await pluginCluster(plugin);
  const { request } = await createCertificateRequest({ commonName: 'jane', organizations: [] });
  await admin.create(newObject(CertificateSigningRequest, { metadata: { name: 'one' }, spec: { request: Buffer.from(request).toString('base64'), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] } } as never));
  await settle();
  await clock.advance(23 * hour);
  await settle();
  expect(await admin.get(CertificateSigningRequest, { name: 'one' })).toBeDefined();
  await clock.advance(hour + 1000);
  await settle();
  expect(await admin.get(CertificateSigningRequest, { name: 'one' })).toBeUndefined();
  await stop();
});
