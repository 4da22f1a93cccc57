import { Namespace, ServiceAccount } from '@keelson/api/core/v1';
import namespaceLifecycle from '../../../admission/namespace-lifecycle/src/plugin.ts';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

test('every namespace has its default account, also when somebody deletes it', async () => {
  const { admin, namespace, settle, stop } = await pluginCluster(plugin, namespaceLifecycle);
  await namespace('team');
  await settle();
  const first = await admin.get(ServiceAccount, { namespace: 'team', name: 'default' });
  expect((await admin.list(ServiceAccount)).items.map(({ metadata }) => metadata.namespace)).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system', 'team']);
  await admin.delete(first!);
  await settle();
  const second = await admin.get(ServiceAccount, { namespace: 'team', name: 'default' });
  expect(second?.metadata.uid).not.toBe(first?.metadata.uid);
  expect(second).toBeDefined();
  await stop();
});

test('a namespace that is being deleted gets none, and nothing is tried again and again', async () => {
  const { admin, clock, namespace, running, settle, stop } = await pluginCluster(plugin, namespaceLifecycle);
  await namespace('team');
  await settle();
  await admin.delete({ kind: Namespace, ref: { name: 'team' } });
  await admin.delete({ kind: ServiceAccount, ref: { namespace: 'team', name: 'default' } });
  await clock.advance(60_000);
  expect(await admin.get(ServiceAccount, { namespace: 'team', name: 'default' })).toBeUndefined();
  expect(running[0]?.counters.failures).toBe(0);
  await stop();
});

test('the list of accounts is configurable', async () => {
  const { admin, stop } = await pluginCluster({ plugin, config: { names: ['default', 'ci'] } });
  expect((await admin.list(ServiceAccount, { namespace: 'default' })).items.map(({ metadata }) => metadata.name)).toEqual(['ci', 'default']);
  await stop();
});
