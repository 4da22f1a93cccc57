import { ConfigMap } from '@keelson/api/core/v1';
import { ClusterAuthority } from '@keelson/sdk/auth';
import { harness } from '@keelson/testing';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

const ref = { namespace: 'team', name: 'kube-root-ca.crt' };
const authority = (certificate: string | undefined) => [ClusterAuthority.provide({ certificate: async () => certificate })];

test('every namespace has the authority, and keeps it when somebody changes or deletes the map', async () => {
  const { admin, namespace, settle, stop } = await pluginCluster({ plugin, given: authority('PEM') });
  await namespace('team');
  await settle();
  const map = await admin.get(ConfigMap, ref);
  expect(map?.data).toEqual({ 'ca.crt': 'PEM' });
  expect(map?.metadata.annotations?.['kubernetes.io/description']).toMatch(/^Contains a CA bundle/);
  await admin.update({ ...map!, metadata: { ...map!.metadata, annotations: { mine: 'stays' } }, data: { 'ca.crt': 'EVIL', other: 'x' } });
  await settle();
  const restored = await admin.get(ConfigMap, ref);
  expect(restored?.data).toEqual({ 'ca.crt': 'PEM' });
  expect(Object.keys(restored?.metadata.annotations ?? {}).sort()).toEqual(['kubernetes.io/description', 'mine']);
  await admin.delete(restored!);
  await settle();
  expect((await admin.get(ConfigMap, ref))?.data).toEqual({ 'ca.crt': 'PEM' });
  await stop();
});

test('other maps are left alone, and nothing is written when nothing differs', async () => {
  const { admin, running, settle, stop } = await pluginCluster({ plugin, given: authority('PEM') });
  const before = (await admin.list(ConfigMap)).resourceVersion;
  await admin.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'other', namespace: 'default' } } as ConfigMap);
  await settle();
  expect(Number((await admin.list(ConfigMap)).resourceVersion)).toBe(Number(before) + 1);
  expect(running[0]?.counters.failures).toBe(0);
  await stop();
});

test('a cluster without authority still has the map that pods mount', () =>
  harness(plugin, {}, async (test) => {
    await test.advance(0);
    expect((await test.api.get(ConfigMap, { ...ref, namespace: 'default' }))?.data).toEqual({ 'ca.crt': '' });
    await test.api.delete({ kind: ConfigMap, ref: { ...ref, namespace: 'default' } });
    await test.advance(0);
    expect((await test.api.get(ConfigMap, { ...ref, namespace: 'default' }))?.data).toEqual({ 'ca.crt': '' });
  }));
