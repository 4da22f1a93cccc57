import { Deployment } from '@keelson/api/apps/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };

test('scale owns the replicas through its own endpoint, and refuses a stale view as a conflict', async () => {
  const { admin, namespace, stop } = await pluginCluster();
  await namespace('team');
  const ref = { namespace: 'team', name: 'web' };
  const made = await admin.create(newObject(Deployment, { metadata: ref, spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template as never } }));
  const scale = (replicas: number, resourceVersion?: string) =>
    admin.subresource(Deployment, ref, 'scale', 'update', { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { ...ref, resourceVersion }, spec: { replicas } });
  await scale(3);
  const owners = (await admin.get(Deployment, ref))!.metadata.managedFields!;
  expect(owners.filter(({ subresource }) => subresource === 'scale')).toEqual([expect.objectContaining({ operation: 'Update', apiVersion: 'apps/v1', fieldsV1: { 'f:spec': { 'f:replicas': {} } } })]);
  await expect(scale(5, made.metadata.resourceVersion)).rejects.toMatchObject({ reason: 'Conflict', message: 'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again' });
  expect((await admin.get(Deployment, ref))!.spec!.replicas).toBe(3);
  await expect(scale(-1)).rejects.toMatchObject({ reason: 'Invalid' });
  await stop();
});
