import { PersistentVolumeClaim } from '@keelson/api/core/v1';
import { StorageClass } from '@keelson/api/storage/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

const mark = { 'storageclass.kubernetes.io/is-default-class': 'true' };
const claim = (storageClassName?: string, annotations: Record<string, string> = {}) =>
  newObject(PersistentVolumeClaim, {
    metadata: { generateName: 'c-', namespace: 'default', annotations },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...(storageClassName === undefined ? {} : { storageClassName }) },
  });
const storageClass = (name: string, annotations: Record<string, string>) => newObject(StorageClass, { metadata: { name, annotations }, provisioner: 'example.org/p' });

test('a claim without class gets the newest default one', async () => {
  const { admin, clock, stop } = await pluginCluster(plugin);
  expect((await admin.create(claim())).spec.storageClassName).toBeUndefined();
  await admin.create(storageClass('other', {}));
  await admin.create(storageClass('older', mark));
  await clock.advance(2000);
  await admin.create(storageClass('newer-b', mark));
  await admin.create(storageClass('newer-a', mark));
  expect((await admin.create(claim())).spec.storageClassName).toBe('newer-a');
  expect((await admin.create(claim(''))).spec.storageClassName).toBe('');
  expect((await admin.create(claim('other'))).spec.storageClassName).toBe('other');
  expect((await admin.create(claim(undefined, { 'volume.beta.kubernetes.io/storage-class': 'old' }))).spec.storageClassName).toBeUndefined();
  await stop();
});
