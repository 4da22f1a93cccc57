import { controllerOf } from '@keelson/api';
import { ConfigMap } from '@keelson/api/core/v1';
import { apiClient } from './api-client.ts';
import { FakeApi } from './fake-api/index.ts';
import { VirtualClock } from '@keelson/testing/virtual-clock';
import { addFinalizer, hasFinalizer, removeFinalizer } from './finalizers.ts';
import { newObject } from './new-object.ts';
import { setControllerReference } from './owners.ts';

const api = () => apiClient(new FakeApi(new VirtualClock()));
const map = (name: string) => newObject(ConfigMap, { metadata: { name, namespace: 'a' } });

test('sets one controller, keeps other owners, and refuses a second controller', async () => {
  const client = api();
  const [owner, other] = [await client.create(map('owner')), await client.create(map('other'))];
  const owned = setControllerReference(owner, { ...map('x'), metadata: { ...map('x').metadata, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'n' }] } });
  expect(owned.metadata.ownerReferences).toHaveLength(2);
  expect(controllerOf(owned)).toMatchObject({ uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true });
  expect(setControllerReference(owner, owned).metadata.ownerReferences).toHaveLength(2);
  expect(() => setControllerReference(other, owned)).toThrow('object x is already owned by ConfigMap owner');
});

test('adds and removes a finalizer, and lets the object go with it', async () => {
  const client = api();
  const plain = await client.create(map('x'));
  const held = await addFinalizer(client, ConfigMap, plain, 'example.org/hold');
  expect(hasFinalizer(held, 'example.org/hold')).toBe(true);
  expect(await addFinalizer(client, ConfigMap, held, 'example.org/hold')).toBe(held);
  await expect(addFinalizer(client, ConfigMap, plain, 'example.org/other')).rejects.toMatchObject({ reason: 'Conflict' });
  await client.delete(held);
  const going = await client.get(ConfigMap, { name: 'x', namespace: 'a' });
  expect(going?.metadata.deletionTimestamp).toBeDefined();
  await removeFinalizer(client, ConfigMap, going!, 'example.org/hold');
  expect(await client.get(ConfigMap, { name: 'x', namespace: 'a' })).toBeUndefined();
  expect(await removeFinalizer(client, ConfigMap, going!, 'example.org/hold')).toBeUndefined();
});
