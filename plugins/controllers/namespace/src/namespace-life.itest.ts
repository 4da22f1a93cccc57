import { Deployment } from '@keelson/api/apps/v1';
import { ConfigMap, Endpoints, Namespace, Pod, Secret, Service, ServiceAccount } from '@keelson/api/core/v1';
import { EndpointSlice } from '@keelson/api/discovery/v1';
import { newObject } from '@keelson/client';
import { ClusterAuthority, ServiceAccountTokenSigner } from '@keelson/sdk/auth';
import namespaceLifecycle from '../../../admission/namespace-lifecycle/src/plugin.ts';
import serviceAccountAdmission from '../../../admission/service-account/src/plugin.ts';
import defaultTolerations from '../../../admission/default-tolerations/src/plugin.ts';
import priority from '../../../admission/priority/src/plugin.ts';
import limitRanger from '../../../admission/limit-ranger/src/plugin.ts';
import deployment from '../../deployment/src/plugin.ts';
import endpoints from '../../endpoints/src/plugin.ts';
import endpointSlice from '../../endpointslice/src/plugin.ts';
import garbageCollector from '../../garbage-collector/src/plugin.ts';
import nodeLifecycle from '../../node-lifecycle/src/plugin.ts';
import podGarbageCollector from '../../pod-garbage-collector/src/plugin.ts';
import replicaSet from '../../replicaset/src/plugin.ts';
import rootCa from '../../root-ca-publisher/src/plugin.ts';
import serviceAccount from '../../service-account/src/plugin.ts';
import serviceAccountToken from '../../service-account-token/src/plugin.ts';
import namespacePlugin from './plugin.ts';
import { pluginCluster } from '@keelson/testing/plugin-cluster';

const authority = ClusterAuthority.provide({ certificate: async () => 'PEM' });
const signer = ServiceAccountTokenSigner.provide({ forSecret: ({ secretName }) => `token of ${secretName}` });

function wholeCluster() {
  return pluginCluster(
    namespaceLifecycle, limitRanger, serviceAccountAdmission, priority, defaultTolerations,
    { plugin: namespacePlugin, config: { graceSeconds: 0 } }, garbageCollector, endpoints, endpointSlice, serviceAccount, deployment, replicaSet, nodeLifecycle, podGarbageCollector,
    { plugin: serviceAccountToken, given: [authority, signer] }, { plugin: rootCa, given: [authority] },
  );
}

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const web = (replicas: number) =>
  newObject(Deployment, { metadata: { name: 'web', namespace: 'team' }, spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: template as never } });

/** Every version of every object that the cluster has gone through, as one text per write. */
async function life(): Promise<readonly string[]> {
  const { admin, clock, namespace, settle, stop } = await wholeCluster();
  const log: string[] = [];
  const handles = [Namespace, Deployment, Pod, Service, Endpoints, EndpointSlice, ServiceAccount, ConfigMap, Secret].map((kind) =>
    admin.watch(kind as typeof Pod, { resourceVersion: '0' }, { event: ({ type, object, resourceVersion }) => log.push(`${resourceVersion.padStart(6, '0')} ${type} ${JSON.stringify(object)}`), end: () => undefined }));
  await namespace('team');
  // No pause: the pods come before the default account of their namespace.
  await admin.create(web(3));
  await admin.create(newObject(Service, { metadata: { name: 'web', namespace: 'team' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }));
  await clock.advance(5000);
  await admin.delete({ kind: Namespace, ref: { name: 'team' } });
  await clock.advance(60_000);
  await settle();
  for (const handle of handles) handle.stop();
  await stop();
  return log.sort();
}

test('a namespace is used before its account is there, and goes with everything in it', async () => {
  const { admin, clock, namespace, settle, stop } = await wholeCluster();
  await namespace('team');
  await admin.create(web(3));
  await admin.create(newObject(Service, { metadata: { name: 'web', namespace: 'team' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } }));
  await clock.advance(1000);
  const pods = (await admin.list(Pod, { namespace: 'team' })).items;
  expect(pods).toHaveLength(3);
  for (const { spec } of pods) expect([spec.serviceAccountName, spec.priority, spec.tolerations?.length, spec.volumes?.[0]?.projected?.sources?.length]).toEqual(['default', 0, 2, 3]);
  expect((await admin.list(EndpointSlice, { namespace: 'team' })).items).toHaveLength(1);
  expect((await admin.list(Endpoints, { namespace: 'team' })).items).toHaveLength(1);
  expect((await admin.get(ConfigMap, { namespace: 'team', name: 'kube-root-ca.crt' }))?.data).toEqual({ 'ca.crt': 'PEM' });
  await admin.delete({ kind: Namespace, ref: { name: 'team' } });
  await settle();
  expect(await admin.get(Namespace, { name: 'team' })).toBeUndefined();
  await clock.advance(60_000);
  for (const kind of [Deployment, Pod, Service, Endpoints, EndpointSlice, ServiceAccount, ConfigMap]) {
    expect((await admin.list(kind as typeof Pod, { namespace: 'team' })).items).toEqual([]);
  }
  await stop();
});

test.each(['Background', 'Foreground', 'Orphan'] as const)('a deployment is deleted: %s', async (propagationPolicy) => {
  const { admin, clock, namespace, settle, stop } = await wholeCluster();
  await namespace('team');
  const made = await admin.create(web(5));
  await clock.advance(1000);
  await admin.delete(made, { propagationPolicy });
  await settle();
  await clock.advance(5000);
  expect(await admin.get(Deployment, made.metadata)).toBeUndefined();
  expect((await admin.list(Pod, { namespace: 'team' })).items).toHaveLength(propagationPolicy === 'Orphan' ? 5 : 0);
  await stop();
});

test('the same run twice gives the same history, byte for byte', async () => {
  const [first, second] = [await life(), await life()];
  expect(first.filter((line) => line.includes(' DELETED '))).toHaveLength(10);
  expect(second).toEqual(first);
});
