import { controllerReference } from '@keelson/api';
import { ConfigMap, Pod } from '@keelson/api/core/v1';
import { labelSelector } from '@keelson/api/selectors';
import { apiClient, newObject } from '@keelson/client';
import { FakeApi } from '@keelson/client/fake-api';
import { VirtualClock } from '@keelson/testing/virtual-clock';
import { claimDependents } from './claim-dependents.ts';
import { jsonEqual } from './json-equal.ts';
import { isPodActive, podAvailableIn } from './pod-state.ts';

async function world() {
  const server = new FakeApi(new VirtualClock());
  const api = apiClient(server);
  const owner = await api.create(newObject(ConfigMap, { metadata: { name: 'owner', namespace: 'a' } }));
  const pod = (name: string, app: string, owned = false) =>
    api.create(newObject(Pod, { metadata: { name, namespace: 'a', labels: { app }, ...(owned ? { ownerReferences: [controllerReference(owner)] } : {}) }, spec: { containers: [] } }));
  const claim = (candidates: readonly Pod[], by = owner) =>
    claimDependents({ api, owner: by, ownerKind: ConfigMap, kind: Pod, selector: labelSelector({ matchLabels: { app: 'web' } }), candidates });
  return { server, api, owner, pod, claim };
}

test('keeps what matches, adopts orphans, releases what matches no more, leaves strangers alone', async () => {
  const { api, pod, claim, owner } = await world();
  const stranger = { ...controllerReference(owner), uid: 'other' };
  const foreign = await api.create(newObject(Pod, { metadata: { name: 'foreign', namespace: 'a', labels: { app: 'web' }, ownerReferences: [stranger] }, spec: { containers: [] } }));
  const claimed = await claim([await pod('mine', 'web', true), await pod('orphan', 'web'), await pod('lost', 'db', true), await pod('other', 'db'), foreign]);
  expect(claimed.map(({ metadata }) => metadata.name)).toEqual(['mine', 'orphan']);
  const owners = async (name: string) => (await api.get(Pod, { name, namespace: 'a' }))?.metadata.ownerReferences?.map(({ uid }) => uid);
  expect(await owners('orphan')).toEqual([owner.metadata.uid]);
  expect(await owners('lost')).toEqual([]);
  expect(await owners('foreign')).toEqual(['other']);
});

test('does not adopt for an owner that is gone, nor one that vanished meanwhile', async () => {
  const { api, pod, claim, owner } = await world();
  const orphan = await pod('orphan', 'web');
  await api.delete(owner);
  await expect(claim([orphan])).rejects.toThrow('cannot adopt');
  const terminating = { ...owner, metadata: { ...owner.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  await expect(claim([orphan], terminating)).resolves.toEqual([]);
});

test('an orphan that is gone by the time is not claimed', async () => {
  const { api, pod, claim } = await world();
  const orphan = await pod('orphan', 'web');
  await api.delete(orphan);
  await expect(claim([orphan])).resolves.toEqual([]);
});

test('a ready pod becomes available after minReadySeconds', () => {
  const at = Date.parse('2026-01-01T00:00:10Z');
  const pod = newObject(Pod, { spec: { containers: [] }, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:10Z' }] } });
  expect(podAvailableIn(pod, 0, at)).toBe(0);
  expect(podAvailableIn(pod, 30, at + 10_000)).toBe(20_000);
  expect(podAvailableIn(pod, 30, at + 40_000)).toBe(0);
  expect(podAvailableIn({ ...pod, status: { phase: 'Running' } }, 0, at)).toBeUndefined();
  expect(isPodActive({ ...pod, metadata: { name: 'a' } as Pod['metadata'] })).toBe(true);
  expect(isPodActive({ ...pod, metadata: { deletionTimestamp: 'x' } as Pod['metadata'] })).toBe(false);
  expect(isPodActive({ ...pod, metadata: {} as Pod['metadata'], status: { phase: 'Failed' } })).toBe(false);
});

test('jsonEqual treats undefined as absent, on both sides', () => {
  expect(jsonEqual({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(jsonEqual({ a: 1 }, { a: 1, b: undefined })).toBe(true);
  expect(jsonEqual({ a: 1 }, { a: 1, b: 0 })).toBe(false);
  expect(jsonEqual({ a: 1, b: 0 }, { a: 1 })).toBe(false);
  expect(jsonEqual([1, { x: [2] }], [1, { x: [2] }])).toBe(true);
  expect(jsonEqual([1], [1, 2])).toBe(false);
  expect(jsonEqual([], {})).toBe(false);
  expect(jsonEqual(null, undefined)).toBe(false);
});
