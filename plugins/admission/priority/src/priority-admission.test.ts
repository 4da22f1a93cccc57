import { Pod } from '@keelson/api/core/v1';
import { PriorityClass } from '@keelson/api/scheduling/v1';
import { newObject } from '@keelson/client';
import { pluginCluster } from '@keelson/testing/plugin-cluster';
import plugin from './plugin.ts';

const pod = (spec: Partial<Pod['spec']> = {}) => newObject(Pod, { metadata: { generateName: 'p-', namespace: 'default' }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } });
const priority = (name: string, value: number, more: Partial<PriorityClass> = {}) => newObject(PriorityClass, { metadata: { name }, value, ...more });
const seen = ({ spec }: Pod) => [spec.priorityClassName, spec.priority, spec.preemptionPolicy];

test('a pod gets the number and policy of its class, of the default class, or none', async () => {
  const { admin, stop } = await pluginCluster(plugin);
  expect(seen(await admin.create(pod()))).toEqual([undefined, 0, 'PreemptLowerPriority']);
  await admin.create(priority('calm', 70, { preemptionPolicy: 'Never' }));
  expect(seen(await admin.create(pod({ priorityClassName: 'calm' })))).toEqual(['calm', 70, 'Never']);
  await admin.create(priority('usual', 5, { globalDefault: true }));
  expect(seen(await admin.create(pod()))).toEqual(['usual', 5, 'PreemptLowerPriority']);
  expect(seen(await admin.create(pod({ priorityClassName: 'system-node-critical' })))).toEqual(['system-node-critical', 2_000_001_000, 'PreemptLowerPriority']);
  await stop();
});

test.each([
  [{ priorityClassName: 'none' }, 'no PriorityClass with name none was found'],
  [{ priority: 7 }, 'the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name'],
  [{ preemptionPolicy: 'Never' }, 'the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name'],
])('%j is refused', async (spec, why) => {
  const { admin, stop } = await pluginCluster(plugin);
  await expect(admin.create(pod(spec))).rejects.toMatchObject({ message: `pods "p-" is forbidden: ${why}` });
  await stop();
});

test('an update that leaves the priority out keeps it', async () => {
  const { admin, stop } = await pluginCluster(plugin);
  await admin.create(priority('high', 100));
  const made = await admin.create(pod({ priorityClassName: 'high' }));
  const { priority: _, preemptionPolicy: __, ...spec } = made.spec;
  const updated = await admin.update({ ...made, metadata: { ...made.metadata, labels: { a: 'b' } }, spec });
  expect(updated).toMatchObject({ spec: { priority: 100 }, metadata: { labels: { a: 'b' } } });
  await stop();
});

test('only one class can be the default', async () => {
  const { admin, stop } = await pluginCluster(plugin);
  const first = await admin.create(priority('first', 1, { globalDefault: true }));
  await expect(admin.create(priority('second', 2, { globalDefault: true }))).rejects.toMatchObject({
    message: 'priorityclasses.scheduling.k8s.io "second" is forbidden: PriorityClass first is already marked as default. Only one default can exist',
  });
  await expect(admin.update({ ...first, description: 'still' })).resolves.toMatchObject({ globalDefault: true });
  await stop();
});
