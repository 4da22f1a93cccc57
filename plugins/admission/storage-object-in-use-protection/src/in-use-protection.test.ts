import { PersistentVolume, PersistentVolumeClaim } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

test('new volumes and claims carry their finalizer once', async () => {
  const { admin, stop } = await pluginCluster(plugin);
  const claim = await admin.create(newObject(PersistentVolumeClaim, {
    metadata: { name: 'c', namespace: 'default', finalizers: ['example.org/mine'] },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }));
  expect(claim.metadata.finalizers).toEqual(['example.org/mine', 'kubernetes.io/pvc-protection']);
  const volume = await admin.create(newObject(PersistentVolume, {
    metadata: { name: 'v', finalizers: ['kubernetes.io/pv-protection'] },
    spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/data' } },
  }));
  expect(volume.metadata.finalizers).toEqual(['kubernetes.io/pv-protection']);
  const released = await admin.update({ ...claim, metadata: { ...claim.metadata, finalizers: [] } });
  expect(released.metadata.finalizers ?? []).toEqual([]);
  await stop();
});
