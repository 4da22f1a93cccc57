import { Namespace, PersistentVolumeClaim } from '@keelson/api/core/v1';
import { standard } from '@keelson/distro/presets';
import { cluster } from '@keelson/testing';

test('the standard distribution has no finalizers that nobody takes off: claims go, and namespaces with them', async () => {
  const test = await cluster(standard);
  await test.apply(`
apiVersion: v1
kind: Namespace
metadata: { name: team }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data, namespace: team }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }
`);
  expect(await test.api.get(PersistentVolumeClaim, { namespace: 'team', name: 'data' })).toBeDefined();
  await test.api.delete({ kind: Namespace, ref: { name: 'team' } });
  await test.eventually('the namespace is gone', async () => (await test.api.get(Namespace, { name: 'team' })) === undefined, '5m');
  await test.close();
});
