import { defineKind, type KubeObject } from '@keelson/api';
import { Deployment } from '@keelson/api/apps/v1';
import { Namespace, Pod } from '@keelson/api/core/v1';
import { StatusError, type ApiCall, type ApiTransport } from '@keelson/sdk';
import { apiClient } from './api-client.ts';
import { newObject } from './new-object.ts';

function recording(answer: (call: ApiCall) => unknown) {
  const calls: ApiCall[] = [];
  const transport: ApiTransport = {
    call: async (call) => {
      calls.push(call);
      return answer(call);
    },
    watch: () => ({ stop: () => undefined }),
  };
  return { calls, client: apiClient(transport, { fieldManager: 'tester' }) };
}

test('finds the path of built-in, custom and unknown kinds', async () => {
  const { calls, client } = recording((call) => call.body);
  const Gadget = defineKind<KubeObject>({ group: 'example.org', version: 'v1', kind: 'Gadget', plural: 'gadgetry', namespaced: false });
  await client.create(newObject(Deployment, { metadata: { name: 'web', namespace: 'a' }, spec: { selector: {}, template: {} } }));
  await client.create(newObject(Namespace, { metadata: { name: 'a' } }));
  await client.get(Gadget, { name: 'x' });
  await client.update({ apiVersion: 'example.org/v1', kind: 'Gadget', metadata: { name: 'x' } } as KubeObject);
  await client.update({ apiVersion: 'example.org/v1', kind: 'Policy', metadata: { name: 'y', namespace: 'b' } } as KubeObject);
  expect(calls.map(({ verb, group, version, plural, namespace, name }) => [verb, group, version, plural, namespace, name])).toEqual([
    ['create', 'apps', 'v1', 'deployments', 'a', undefined],
    ['create', '', 'v1', 'namespaces', undefined, undefined],
    ['get', 'example.org', 'v1', 'gadgetry', undefined, 'x'],
    ['update', 'example.org', 'v1', 'gadgetry', undefined, 'x'],
    ['update', 'example.org', 'v1', 'policies', 'b', 'y'],
  ]);
  expect(calls[0]?.query).toEqual({ fieldManager: 'tester' });
});

test('a missing object is undefined on get and no error on delete', async () => {
  const { client } = recording(() => {
    throw new StatusError('NotFound', 'pods "x" not found');
  });
  await expect(client.get(Pod, { name: 'x', namespace: 'a' })).resolves.toBeUndefined();
  await expect(client.delete({ kind: Pod, ref: { name: 'x', namespace: 'a' } })).resolves.toBeUndefined();
  await expect(client.list(Pod)).rejects.toThrow('not found');
});

test('an object without kind is refused before it is sent', () => {
  const { client } = recording((call) => call.body);
  expect(() => client.create({ metadata: { name: 'x' } } as KubeObject)).toThrow('set both before writing it');
});

test('items of a typed list get their kind back', async () => {
  const { client } = recording(() => ({ kind: 'PodList', metadata: { resourceVersion: '7', continue: '' }, items: [{ metadata: { name: 'x' } }] }));
  const { items, continue: next, resourceVersion } = await client.list(Pod, { namespace: 'a', labelSelector: 'app=web', limit: 5 });
  expect(items[0]).toMatchObject({ apiVersion: 'v1', kind: 'Pod' });
  expect([next, resourceVersion]).toEqual([undefined, '7']);
});

test('remembers the highest acknowledged revision per kind, dry runs aside', async () => {
  let revision = 10;
  const { client } = recording((call) => ({ apiVersion: 'v1', kind: 'Pod', ...(call.body as object), metadata: { resourceVersion: String(revision++) } }));
  const pod = newObject(Pod, { metadata: { name: 'x', namespace: 'a' }, spec: { containers: [] } });
  await client.create(pod);
  await client.create(pod, { dryRun: true });
  expect(client.writes.highestOf(Pod)).toBe(10);
  await client.patch(Pod, { name: 'x', namespace: 'a' }, { type: 'merge', body: { metadata: { labels: { a: 'b' } } } });
  expect(client.writes.highestOf(Pod)).toBe(12);
  expect(client.writes.highestOf(Deployment)).toBe(0);
  await client.subresource(Deployment, { name: 'web', namespace: 'a' }, 'scale', 'update', { kind: 'Scale', apiVersion: 'autoscaling/v1' });
  expect(client.writes.highestOf(Deployment)).toBe(13);
  expect(client.writes.highest).toBe(13);
});
