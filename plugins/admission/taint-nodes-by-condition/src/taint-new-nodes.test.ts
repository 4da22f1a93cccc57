import { Node, type Taint } from '@keelson/api/core/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

const taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };
const execute = { ...taint, effect: 'NoExecute' };

test.each<[Taint[] | undefined, Taint[]]>([
  [undefined, [taint]],
  [[taint], [taint]],
  [[execute], [execute, taint]],
])('a new node with taints %j', async (taints, expected) => {
  const { admin, stop } = await pluginCluster(plugin);
  const made = await admin.create(newObject(Node, { metadata: { name: 'n' }, spec: taints === undefined ? {} : { taints } }));
  expect(made.spec.taints).toEqual(expected);
  const cleared: Node = { ...made, spec: {} };
  expect((await admin.update(cleared)).spec.taints ?? []).toEqual([]);
  await stop();
});
