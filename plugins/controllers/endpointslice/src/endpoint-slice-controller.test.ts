import { Namespace, Node, Pod, Service } from '@keelson/api/core/v1';
import { EndpointSlice } from '@keelson/api/discovery/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

type Ready = 'True' | 'False';

async function world(config: { maxEndpoints?: number; batchPeriod?: number } = {}) {
  const cluster = await pluginCluster({ plugin, config: { batchPeriod: 0, ...config } });
  const { admin, clock } = cluster;
  await admin.create(newObject(Node, { metadata: { name: 'n', labels: { 'topology.kubernetes.io/zone': 'z' } }, spec: {} }));
  const service = (spec: Partial<NonNullable<Service['spec']>> = {}, name = 'web', labels: Record<string, string> = {}) =>
    admin.create(newObject(Service, { metadata: { name, namespace: 'default', labels }, spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec } }));
  const status = async (name: string, ip: string, ready: Ready = 'True', phase = 'Running') => {
    const pod = (await admin.get(Pod, { name, namespace: 'default' }))!;
    const at = new Date(clock.now()).toISOString().slice(0, 19) + 'Z';
    return admin.updateStatus({ ...pod, status: { ...pod.status, phase, podIP: ip, podIPs: [{ ip }], conditions: [{ type: 'Ready', status: ready, lastTransitionTime: at }] } });
  };
  const pod = async (name: string, ip?: string, ready: Ready = 'True', spec: Partial<Pod['spec']> = {}, labels: Record<string, string> = { app: 'web' }) => {
    const made = await admin.create(newObject(Pod, { metadata: { name, namespace: 'default', labels }, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }], ...spec } }));
    return ip === undefined ? made : status(name, ip, ready);
  };
  const slices = async () => [...(await admin.list(EndpointSlice, { namespace: 'default' })).items];
  const addresses = async () => (await slices()).map(({ endpoints = [] }) => endpoints.map((endpoint) => endpoint.addresses[0]));
  return { ...cluster, service, pod, status, slices, addresses };
}

test('a service without pods has one empty slice, which takes the first pod', async () => {
  const { service, pod, slices, settle, stop } = await world();
  const web = await service();
  await settle();
  const [empty] = await slices();
  expect(empty).toMatchObject({ addressType: 'IPv4', endpoints: [], ports: [] });
  expect(empty?.metadata).toMatchObject({
    labels: { 'kubernetes.io/service-name': 'web', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Service', name: 'web', uid: web.metadata.uid, controller: true, blockOwnerDeletion: true }],
  });
  expect(empty?.metadata.name).toMatch(/^web-[a-z0-9]{5}$/);
  const made = await pod('a', '10.0.0.1');
  await settle();
  const all = await slices();
  expect(all.map(({ metadata }) => metadata.name)).toEqual([empty?.metadata.name]);
  expect(all[0]).toMatchObject({
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: [{
      addresses: ['10.0.0.1'], conditions: { ready: true, serving: true, terminating: false }, nodeName: 'n', zone: 'z',
      targetRef: { kind: 'Pod', name: 'a', namespace: 'default', uid: made.metadata.uid },
    }],
  });
  await stop();
});

test('readiness, termination and end of a pod show in its conditions', async () => {
  const { admin, service, pod, status, slices, settle, stop } = await world();
  await service();
  await pod('a', '10.0.0.1', 'False');
  const conditions = async () => {
    await settle();
    return (await slices())[0]?.endpoints?.map((endpoint) => endpoint.conditions);
  };
  expect(await conditions()).toEqual([{ ready: false, serving: false, terminating: false }]);
  await status('a', '10.0.0.1', 'True');
  expect(await conditions()).toEqual([{ ready: true, serving: true, terminating: false }]);
  await admin.delete({ kind: Pod, ref: { name: 'a', namespace: 'default' } });
  expect(await conditions()).toEqual([{ ready: false, serving: true, terminating: true }]);
  await status('a', '10.0.0.1', 'False', 'Succeeded');
  expect(await conditions()).toEqual([]);
  await stop();
});

test('a service that publishes unready addresses calls all of them ready', async () => {
  const { service, pod, slices, settle, stop } = await world();
  await service({ publishNotReadyAddresses: true, clusterIP: 'None' });
  await pod('a', '10.0.0.1', 'False');
  await settle();
  expect((await slices())[0]).toMatchObject({ metadata: { labels: { 'service.kubernetes.io/headless': '' } }, endpoints: [{ conditions: { ready: true, serving: false, terminating: false } }] });
  await stop();
});

test('named ports lead to each pod’s own number, in slices of their own', async () => {
  const { service, pod, slices, settle, stop } = await world();
  await service({ ports: [{ name: 'http', port: 80, targetPort: 'web', appProtocol: 'http' }, { name: 'dns', port: 53, protocol: 'UDP' }] });
  const container = (containerPort: number) => ({ containers: [{ name: 'c', image: 'i', ports: [{ name: 'web', containerPort }] }] });
  await pod('a', '10.0.0.1', 'True', container(8080));
  await pod('b', '10.0.0.2', 'True', container(9090));
  await pod('c', '10.0.0.3', 'True', container(8080));
  await pod('d', '10.0.0.4');
  await settle();
  const seen = (await slices()).map(({ ports = [], endpoints = [] }) => [ports.map(({ name, port, protocol, appProtocol }) => [name, port, protocol, appProtocol]), endpoints.map(({ addresses }) => addresses[0])]);
  const dns = ['dns', 53, 'UDP', undefined];
  expect(seen).toHaveLength(3);
  expect(seen).toEqual(expect.arrayContaining([
    [[['http', 8080, 'TCP', 'http'], dns], ['10.0.0.1', '10.0.0.3']],
    [[['http', 9090, 'TCP', 'http'], dns], ['10.0.0.2']],
    [[dns], ['10.0.0.4']],
  ]));
  await stop();
});

test('a pod’s hostname counts in the subdomain of the service', async () => {
  const { service, pod, slices, settle, stop } = await world();
  await service({ clusterIP: 'None' });
  await pod('a', '10.0.0.1', 'True', { hostname: 'first', subdomain: 'web' });
  await pod('b', '10.0.0.2', 'True', { hostname: 'second', subdomain: 'other' });
  await settle();
  expect((await slices())[0]?.endpoints?.map(({ hostname }) => hostname)).toEqual(['first', undefined]);
  await stop();
});

test('slices are filled up to their limit, and one pod that goes changes one slice only', async () => {
  const { admin, service, pod, slices, addresses, settle, stop } = await world({ maxEndpoints: 3 });
  await service();
  for (let index = 1; index <= 7; index++) await pod(`p${index}`, `10.0.0.${index}`);
  await settle();
  expect((await addresses()).map(({ length }) => length).sort()).toEqual([1, 3, 3]);
  const versions = new Map((await slices()).map(({ metadata }) => [metadata.name, metadata.resourceVersion]));
  await admin.delete({ kind: Pod, ref: { name: 'p2', namespace: 'default' } }, { gracePeriodSeconds: 0 });
  await settle();
  expect((await slices()).filter(({ metadata }) => versions.get(metadata.name) !== metadata.resourceVersion)).toHaveLength(1);
  expect((await addresses()).flat().sort()).toEqual(['10.0.0.1', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.7']);
  await stop();
});

test('labels decide: a pod that stops matching leaves, one of another namespace never comes', async () => {
  const { admin, service, pod, addresses, namespace, settle, stop } = await world();
  await namespace('other');
  await service();
  await pod('a', '10.0.0.1');
  await pod('b', '10.0.0.2', 'True', {}, { app: 'else' });
  await admin.create(newObject(Pod, { metadata: { name: 'c', namespace: 'other', labels: { app: 'web' } }, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] } }));
  await settle();
  expect(await addresses()).toEqual([['10.0.0.1']]);
  await admin.patch(Pod, { name: 'a', namespace: 'default' }, { type: 'merge', body: { metadata: { labels: { app: 'gone' } } } });
  await admin.patch(Pod, { name: 'b', namespace: 'default' }, { type: 'merge', body: { metadata: { labels: { app: 'web' } } } });
  await settle();
  expect(await addresses()).toEqual([['10.0.0.2']]);
  await stop();
});

test.each<[string, Partial<NonNullable<Service['spec']>>]>([
  ['without selector', { selector: {} }],
  ['of type ExternalName', { type: 'ExternalName', externalName: 'example.org' }],
])('a service %s has no slices', async (_, spec) => {
  const { service, pod, slices, settle, stop } = await world();
  await service(spec);
  await pod('a', '10.0.0.1');
  await settle();
  expect(await slices()).toEqual([]);
  await stop();
});

test('a slice that somebody deletes or changes comes back, labels of the service go along', async () => {
  const { admin, service, pod, slices, addresses, settle, stop } = await world();
  const web = await service({}, 'web', { team: 'a' });
  await pod('a', '10.0.0.1');
  await settle();
  const [first] = await slices();
  await admin.delete(first!);
  await settle();
  expect(await addresses()).toEqual([['10.0.0.1']]);
  const [second] = await slices();
  await admin.update({ ...second!, endpoints: [] });
  await settle();
  expect(await addresses()).toEqual([['10.0.0.1']]);
  const latest = (await admin.get(Service, web.metadata))!;
  await admin.update({ ...latest, metadata: { ...latest.metadata, labels: { team: 'b' } } });
  await settle();
  expect((await slices())[0]?.metadata.labels).toMatchObject({ team: 'b', 'kubernetes.io/service-name': 'web' });
  await stop();
});

test('changes of one service are written together, with the time of the earliest', async () => {
  const { clock, service, pod, slices, settle, stop } = await world({ batchPeriod: 1000 });
  await service();
  await settle();
  const [before] = await slices();
  const began = clock.now();
  await clock.advance(10_000);
  for (let index = 1; index <= 5; index++) {
    await pod(`p${index}`, `10.0.0.${index}`);
    await clock.advance(100);
  }
  await clock.advance(1000);
  const [slice] = await slices();
  expect(slice?.endpoints).toHaveLength(5);
  expect(Number(slice?.metadata.generation) - Number(before?.metadata.generation)).toBeLessThanOrEqual(2);
  expect(Date.parse(slice?.metadata.annotations?.['endpoints.kubernetes.io/last-change-trigger-time'] ?? '')).toBe(began + 10_000);
  await stop();
});

test('pods of an unknown node wait for it', async () => {
  const { admin, clock, service, pod, addresses, settle, stop } = await world();
  await service();
  await pod('a', '10.0.0.1', 'True', { nodeName: 'late' });
  await settle();
  expect((await addresses()).flat()).toEqual([]);
  await admin.create(newObject(Node, { metadata: { name: 'late' }, spec: {} }));
  await clock.advance(20_000);
  expect((await addresses()).flat()).toEqual(['10.0.0.1']);
  expect(await admin.get(Namespace, { name: 'default' })).toBeDefined();
  await stop();
});
