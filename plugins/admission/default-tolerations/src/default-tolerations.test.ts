import { Pod, type Toleration } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

const notReady = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
const unreachable = { ...notReady, key: 'node.kubernetes.io/unreachable' };
const everything = { operator: 'Exists' };

test.each<[string, Toleration[], Toleration[]]>([
  ['none', [], [notReady, unreachable]],
  ['another one', [{ key: 'a', operator: 'Exists' }], [{ key: 'a', operator: 'Exists' }, notReady, unreachable]],
  ['everything', [everything], [everything]],
  ['one of the two', [{ ...unreachable, tolerationSeconds: 5 }], [{ ...unreachable, tolerationSeconds: 5 }, notReady]],
  ['only against placement', [{ key: notReady.key, operator: 'Exists', effect: 'NoSchedule' }], [{ key: notReady.key, operator: 'Exists', effect: 'NoSchedule' }, notReady, unreachable]],
])('a pod that tolerates %s', async (_, given, expected) => {
  const { admin, stop } = await pluginCluster(plugin);
  const made = await admin.create(newObject(Pod, { metadata: { name: 'p', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'i' }], tolerations: given } }));
  expect(made.spec.tolerations).toEqual(expected);
  await stop();
});

test('times are configurable', async () => {
  const { admin, stop } = await pluginCluster({ plugin, config: { notReadySeconds: 1, unreachableSeconds: 2 } });
  const made = await admin.create(newObject(Pod, { metadata: { name: 'p', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'i' }] } }));
  expect(made.spec.tolerations?.map((toleration) => toleration.tolerationSeconds)).toEqual([1, 2]);
  await stop();
});
