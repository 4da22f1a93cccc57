import { Endpoints, Node, Pod, Service } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';
import { truncate } from './subsets.ts';

async function world() {
  const cluster = await pluginCluster({ plugin, config: { batchPeriod: 0 } });
  const { admin, settle } = cluster;
  await admin.create(newObject(Node, { metadata: { name: 'n' }, spec: {} }));
  const service = (spec: Partial<NonNullable<Service['spec']>> = {}) =>
    admin.create(newObject(Service, { metadata: { name: 'web', namespace: 'default', labels: { team: 'a' } }, spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], ...spec } }));
  const status = async (name: string, ip: string, ready = true) => {
    const pod = (await admin.get(Pod, { name, namespace: 'default' }))!;
    await admin.updateStatus({ ...pod, status: { ...pod.status, phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] } });
    return pod;
  };
  const pod = async (name: string, ip: string, ready = true, spec: Partial<Pod['spec']> = {}) => {
    await admin.create(newObject(Pod, { metadata: { name, namespace: 'default', labels: { app: 'web' } }, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }], ...spec } }));
    return status(name, ip, ready);
  };
  const endpoints = async () => {
    await settle();
    return admin.get(Endpoints, { name: 'web', namespace: 'default' });
  };
  return { ...cluster, service, pod, status, endpoints };
}

test('ready and unready pods are told apart, in the order of their addresses', async () => {
  const { service, pod, status, endpoints, stop } = await world();
  await service();
  expect(await endpoints()).toMatchObject({ metadata: { labels: { team: 'a', 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' } } });
  const b = await pod('b', '10.0.0.2');
  await pod('a', '10.0.0.1');
  await pod('c', '10.0.0.3', false);
  const address = (name: string, ip: string, uid: unknown = expect.any(String)) => ({ ip, nodeName: 'n', targetRef: { kind: 'Pod', name, namespace: 'default', uid } });
  expect((await endpoints())?.subsets).toEqual([{
    addresses: [address('a', '10.0.0.1'), address('b', '10.0.0.2', b.metadata.uid)], notReadyAddresses: [address('c', '10.0.0.3')], ports: [{ port: 8080, protocol: 'TCP' }],
  }]);
  await status('c', '10.0.0.3', true);
  await status('a', '10.0.0.1', false);
  const [subset] = (await endpoints())?.subsets ?? [];
  expect([subset?.addresses?.map(({ ip }) => ip), subset?.notReadyAddresses?.map(({ ip }) => ip)]).toEqual([['10.0.0.2', '10.0.0.3'], ['10.0.0.1']]);
  await stop();
});

test('a terminating pod leaves, unless unready addresses are published', async () => {
  const { admin, service, pod, endpoints, stop } = await world();
  const web = await service();
  await pod('a', '10.0.0.1');
  await admin.delete({ kind: Pod, ref: { name: 'a', namespace: 'default' } });
  expect((await endpoints())?.subsets ?? []).toEqual([]);
  await admin.patch(Service, web.metadata, { type: 'merge', body: { spec: { publishNotReadyAddresses: true } } });
  expect((await endpoints())?.subsets?.[0]?.addresses?.map(({ ip }) => ip)).toEqual(['10.0.0.1']);
  await stop();
});

test('pods that serve a named port under different numbers are in different subsets', async () => {
  const { service, pod, endpoints, stop } = await world();
  await service({ ports: [{ name: 'http', port: 80, targetPort: 'web' }] });
  const container = (containerPort: number) => ({ containers: [{ name: 'c', image: 'i', ports: [{ name: 'web', containerPort }] }] });
  await pod('a', '10.0.0.1', true, container(9090));
  await pod('b', '10.0.0.2', true, container(8080));
  await pod('none', '10.0.0.3');
  expect((await endpoints())?.subsets?.map(({ ports, addresses }) => [ports?.[0]?.port, addresses?.[0]?.ip])).toEqual([[8080, '10.0.0.2'], [9090, '10.0.0.1']]);
  await stop();
});

test('a headless service without ports still lists its pods, with their hostnames', async () => {
  const { service, pod, endpoints, stop } = await world();
  await service({ clusterIP: 'None', ports: [] });
  await pod('a', '10.0.0.1', true, { hostname: 'first', subdomain: 'web' });
  const found = await endpoints();
  expect(found?.metadata.labels).toMatchObject({ 'service.kubernetes.io/headless': '' });
  expect(found?.subsets).toMatchObject([{ addresses: [{ ip: '10.0.0.1', hostname: 'first' }] }]);
  expect(found?.subsets?.[0]?.ports).toBeUndefined();
  await stop();
});

test('the object goes with its service and comes back when somebody deletes it; those of others stay', async () => {
  const { admin, service, pod, endpoints, settle, stop } = await world();
  const web = await service();
  await pod('a', '10.0.0.1');
  await admin.delete((await endpoints())!);
  expect((await endpoints())?.subsets).toHaveLength(1);
  await admin.delete(web);
  expect(await endpoints()).toBeUndefined();
  const manual = newObject(Endpoints, { metadata: { name: 'manual', namespace: 'default' }, subsets: [{ addresses: [{ ip: '10.1.1.1' }], ports: [{ port: 1 }] }] });
  await admin.create(manual);
  await settle();
  expect(await admin.get(Endpoints, manual.metadata)).toBeDefined();
  await stop();
});

test('beyond a thousand addresses the object is cut, ready ones first, and says so', async () => {
  const addresses = (count: number, offset = 0) => Array.from({ length: count }, (_, index) => ({ ip: `10.0.${Math.floor((offset + index) / 250)}.${(offset + index) % 250}` }));
  const cut = truncate([{ addresses: addresses(600), notReadyAddresses: addresses(100, 600), ports: [] }, { addresses: addresses(300, 700), notReadyAddresses: addresses(500, 1000), ports: [] }], 1000);
  expect(cut.truncated).toBe(true);
  expect(cut.subsets.map((subset) => [subset.addresses?.length, subset.notReadyAddresses?.length])).toEqual([[600, 100], [300, undefined]]);
  expect(truncate([{ addresses: addresses(1000), ports: [] }], 1000).truncated).toBe(false);
  const { admin, service, pod, endpoints, stop } = await world();
  for (let index = 0; index < 1001; index++) await pod(`p${index}`, `10.2.${Math.floor(index / 250)}.${index % 250}`);
  const web = await service();
  const full = await endpoints();
  expect(full?.metadata.annotations?.['endpoints.kubernetes.io/over-capacity']).toBe('truncated');
  expect(full?.subsets?.[0]?.addresses).toHaveLength(1000);
  await admin.delete({ kind: Pod, ref: { name: 'p0', namespace: 'default' } }, { gracePeriodSeconds: 0 });
  expect((await endpoints())?.metadata.annotations?.['endpoints.kubernetes.io/over-capacity']).toBeUndefined();
  expect(web.metadata.name).toBe('web');
  await stop();
});
