import { ConfigMap, Namespace } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

const map = (namespace: string) => newObject(ConfigMap, { metadata: { name: 'a', namespace } });

test('content needs a namespace', async () => {
  const { admin, stop } = await pluginCluster(plugin);
  await expect(admin.create(map('nowhere'))).rejects.toMatchObject({ reason: 'NotFound', message: 'namespaces "nowhere" not found', details: { name: 'nowhere', kind: 'namespaces' } });
  await expect(admin.create(map('default'))).resolves.toBeDefined();
  await stop();
});

test('no new content in a terminating namespace, while what is there may change and go', async () => {
  const { admin, namespace, stop } = await pluginCluster(plugin);
  await namespace('old');
  const present = await admin.create(map('old'));
  await admin.delete({ kind: Namespace, ref: { name: 'old' } });
  await expect(admin.create(newObject(ConfigMap, { metadata: { generateName: 'b-', namespace: 'old' } }))).rejects.toMatchObject({
    reason: 'Forbidden',
    message: 'configmaps "b-" is forbidden: unable to create new content in namespace old because it is being terminated',
    details: { causes: [{ reason: 'NamespaceTerminating', message: 'namespace old is being terminated', field: 'metadata.namespace' }] },
  });
  await expect(admin.update({ ...present, data: { a: '1' } })).resolves.toMatchObject({ data: { a: '1' } });
  await admin.delete(present);
  expect(await admin.get(ConfigMap, present.metadata)).toBeUndefined();
  await stop();
});

test.each(['default', 'kube-system', 'kube-public'])('namespace %s stays', async (name) => {
  const { admin, stop } = await pluginCluster(plugin);
  await expect(admin.delete({ kind: Namespace, ref: { name } })).rejects.toMatchObject({ message: `namespaces "${name}" is forbidden: this namespace may not be deleted`, httpCode: 403 });
  await admin.delete({ kind: Namespace, ref: { name: 'kube-node-lease' } });
  await stop();
});
