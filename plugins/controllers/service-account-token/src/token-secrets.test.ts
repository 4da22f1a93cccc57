import { Secret, ServiceAccount } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { ClusterAuthority, ServiceAccountTokenSigner } from '@keelson/sdk/auth';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

const encode = (text: string) => Buffer.from(text).toString('base64');
const ref = { namespace: 'default', name: 's' };

async function world(signs = true) {
  let issued = 0;
  const given = [
    ClusterAuthority.provide({ certificate: async () => 'PEM' }),
    ServiceAccountTokenSigner.provide({ forSecret: ({ serviceAccount, secretName }) => (signs ? `${serviceAccount.name}/${secretName}/${++issued}` : undefined) }),
  ];
  const cluster = await pluginCluster({ plugin, given });
  const account = (name = 'robot') => cluster.admin.create(newObject(ServiceAccount, { metadata: { name, namespace: 'default' }, secrets: [{ name: 's' }, { name: 'other' }] }));
  const secret = (annotations: Record<string, string> = { 'kubernetes.io/service-account.name': 'robot' }) =>
    cluster.admin.create(newObject(Secret, { metadata: { ...ref, annotations }, type: 'kubernetes.io/service-account-token', data: { extra: encode('kept') } }));
  return { ...cluster, account, secret, issued: () => issued };
}

test('a token secret is filled once and says whose it is', async () => {
  const { admin, account, secret, issued, settle, stop } = await world();
  const owner = await account();
  await secret();
  await settle();
  const filled = await admin.get(Secret, ref);
  expect(filled?.data).toEqual({ extra: encode('kept'), namespace: encode('default'), 'ca.crt': encode('PEM'), token: encode('robot/s/1') });
  expect(filled?.metadata.annotations).toMatchObject({ 'kubernetes.io/service-account.name': 'robot', 'kubernetes.io/service-account.uid': owner.metadata.uid });
  await admin.update({ ...filled!, data: { ...filled!.data, 'ca.crt': encode('old') } });
  await settle();
  expect((await admin.get(Secret, ref))?.data?.['ca.crt']).toBe(encode('PEM'));
  expect(issued()).toBe(1);
  await stop();
});

test('the secret goes with its account', async () => {
  const { admin, account, secret, settle, stop } = await world();
  const owner = await account();
  await secret();
  await settle();
  await admin.delete(owner);
  await settle();
  expect(await admin.get(Secret, ref)).toBeUndefined();
  await stop();
});

test('a secret of no account, or of a namesake, goes; one that names none stays', async () => {
  const { admin, account, secret, settle, stop } = await world();
  await secret();
  await settle();
  expect(await admin.get(Secret, ref)).toBeUndefined();
  await account();
  await secret({ 'kubernetes.io/service-account.name': 'robot', 'kubernetes.io/service-account.uid': 'another' });
  await settle();
  expect(await admin.get(Secret, ref)).toBeUndefined();
  await admin.create(newObject(Secret, { metadata: ref, type: 'Opaque' }));
  await settle();
  expect(await admin.get(Secret, ref)).toBeDefined();
  await stop();
});

test('an account forgets a secret that is deleted', async () => {
  const { admin, account, secret, settle, stop } = await world();
  await account();
  await secret();
  await settle();
  await admin.delete({ kind: Secret, ref });
  await settle();
  expect((await admin.get(ServiceAccount, { namespace: 'default', name: 'robot' }))?.secrets).toEqual([{ name: 'other' }]);
  await stop();
});

test('a cluster that signs no tokens fills in the rest', async () => {
  const { admin, account, secret, settle, stop } = await world(false);
  await account();
  await secret();
  await settle();
  expect(Object.keys((await admin.get(Secret, ref))?.data ?? {}).sort()).toEqual(['ca.crt', 'extra', 'namespace']);
  await stop();
});
