import { LimitRange, PersistentVolumeClaim, Pod, type Container, type LimitRangeItem } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

type Resources = { requests?: Record<string, string>; limits?: Record<string, string> };
const container = (resources: Resources = {}, name = 'c', more: Partial<Container> = {}): Container => ({ name, image: 'i', resources, ...more }) as Container;
const pod = (containers: Container[], initContainers?: Container[]) =>
  newObject(Pod, { metadata: { name: 'p', namespace: 'default' }, spec: { containers, ...(initContainers ? { initContainers } : {}) } });

async function limited(...limits: LimitRangeItem[]) {
  const cluster = await pluginCluster(plugin);
  await cluster.admin.create(newObject(LimitRange, { metadata: { name: 'limits', namespace: 'default' }, spec: { limits } }));
  return cluster;
}

test('defaults fill what containers leave out, and the pod says so', async () => {
  const { admin, stop } = await limited({ type: 'Container', default: { cpu: '500m', memory: '1Gi' }, defaultRequest: { cpu: '100m' } });
  const made = await admin.create(pod([container({ requests: { cpu: '50m' } }), container({}, 'd')], [container({}, 'init')]));
  expect(made.spec.containers.map(({ resources }) => resources)).toEqual([
    { requests: { cpu: '50m', memory: '1Gi' }, limits: { cpu: '500m', memory: '1Gi' } },
    { requests: { cpu: '100m', memory: '1Gi' }, limits: { cpu: '500m', memory: '1Gi' } },
  ]);
  expect(made.metadata.annotations?.['kubernetes.io/limit-ranger']).toBe(
    'LimitRanger plugin set: memory request for container c; cpu, memory limit for container c; cpu, memory request for container d; cpu, memory limit for container d; cpu, memory request for init container init; cpu, memory limit for init container init',
  );
  await stop();
});

const cpu = (request?: string, limit?: string): Resources => ({ ...(request ? { requests: { cpu: request } } : {}), ...(limit ? { limits: { cpu: limit } } : {}) });

test.each<[string, LimitRangeItem, Container[], string | undefined]>([
  ['minimum kept', { type: 'Container', min: { cpu: '100m' } }, [container(cpu('100m', '1'))], undefined],
  ['minimum without request', { type: 'Pod', min: { cpu: '100m' } }, [container()], 'minimum cpu usage per Pod is 100m.  No request is specified'],
  ['minimum against request', { type: 'Pod', min: { cpu: '0.5' } }, [container(cpu('100m')), container(cpu('100m'), 'd')], 'minimum cpu usage per Pod is 500m, but request is 200m'],
  ['maximum kept by the sum', { type: 'Pod', max: { cpu: '1' } }, [container(cpu('500m', '500m')), container(cpu('500m', '500m'), 'd')], undefined],
  ['maximum broken by the sum', { type: 'Pod', max: { cpu: '1' } }, [container(cpu('600m', '600m')), container(cpu('500m', '500m'), 'd')], 'maximum cpu usage per Pod is 1, but limit is 1100m'],
  ['maximum without limit', { type: 'Pod', max: { cpu: '1' } }, [container(cpu('1'))], 'maximum cpu usage per Pod is 1.  No limit is specified'],
  ['container maximum', { type: 'Container', max: { cpu: '800m' } }, [container(cpu('100m', '1500m'))], 'maximum cpu usage per Container is 800m, but limit is 1500m'],
  ['ratio kept', { type: 'Container', maxLimitRequestRatio: { cpu: '2' } }, [container(cpu('100m', '200m'))], undefined],
  ['ratio broken', { type: 'Container', maxLimitRequestRatio: { cpu: '2' } }, [container(cpu('100m', '250m'))], 'cpu max limit to request ratio per Container is 2, but provided ratio is 2.500000'],
  ['ratio without limit', { type: 'Pod', maxLimitRequestRatio: { cpu: '2' } }, [container(cpu('100m'))], 'cpu max limit to request ratio per Pod is 2, but no limit is specified or limit is 0'],
  [
    'several at once', { type: 'Container', min: { cpu: '200m' }, max: { cpu: '1', memory: '1Gi' } }, [container({ requests: { cpu: '100m' }, limits: { cpu: '2', memory: '1Gi' } })],
    '[minimum cpu usage per Container is 200m, but request is 100m, maximum cpu usage per Container is 1, but limit is 2]',
  ],
])('%s', async (_, item, containers, why) => {
  const { admin, stop } = await limited(item);
  const created = admin.create(pod(containers));
  if (why === undefined) await expect(created).resolves.toBeDefined();
  else await expect(created).rejects.toMatchObject({ message: `pods "p" is forbidden: ${why}`, httpCode: 403 });
  await stop();
});

test('the hungriest init container counts, and restartable ones run beside the others', async () => {
  const { admin, stop } = await limited({ type: 'Pod', max: { cpu: '1' } });
  await expect(admin.create(pod([container(cpu('100m', '100m'))], [container(cpu('2', '2'), 'init')]))).rejects.toMatchObject({ message: expect.stringContaining('but limit is 2') as string });
  const sidecar = container(cpu('950m', '950m'), 'side', { restartPolicy: 'Always' });
  await expect(admin.create(pod([container(cpu('100m', '100m'))], [sidecar]))).rejects.toMatchObject({ message: expect.stringContaining('but limit is 1050m') as string });
  await stop();
});

test('volume claims are bounded by request, also when they grow; pods are not judged again', async () => {
  const { admin, stop } = await limited({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } });
  const claim = (name: string, storage: string) =>
    newObject(PersistentVolumeClaim, { metadata: { name, namespace: 'default' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } } });
  await expect(admin.create(claim('small', '512Mi'))).rejects.toMatchObject({ message: 'persistentvolumeclaims "small" is forbidden: minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 512Mi' });
  await expect(admin.create(claim('large', '6Gi'))).rejects.toMatchObject({ message: expect.stringContaining('maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi') as string });
  await expect(admin.create(claim('fits', '2Gi'))).resolves.toBeDefined();
  const made = await admin.create(pod([container()]));
  await admin.create(newObject(LimitRange, { metadata: { name: 'strict', namespace: 'default' }, spec: { limits: [{ type: 'Pod', min: { cpu: '1' } }] } }));
  await expect(admin.update({ ...made, metadata: { ...made.metadata, labels: { a: 'b' } } })).resolves.toBeDefined();
  await stop();
});
