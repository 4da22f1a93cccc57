import { LimitRange, Namespace, ServiceAccount } from '@keelson/api/core/v1';
import { apiClient, newObject } from '@keelson/client';
import { settled, VirtualClock } from '@keelson/testing/virtual-clock';
import { silentLogger, seededRandom } from '@keelson/sdk';
import { noopTracer } from '@keelson/telemetry';
import { openMemoryStore, type ForkableStore } from '../../storage/index.ts';
import { ApiServer } from '../api-server.ts';
import { stampRevision } from './object-codec.ts';

async function world(given?: { readonly clock: VirtualClock; readonly store: ForkableStore }) {
  const clock = given?.clock ?? new VirtualClock();
  const store = given?.store ?? openMemoryStore({ clock, stamp: stampRevision });
  const none = { values: [], entries: [], onChange: () => () => undefined, [Symbol.iterator]: () => [][Symbol.iterator]() };
  const server = await ApiServer.start({
    store, clock, random: seededRandom('1'), log: silentLogger, tracer: noopTracer,
    admission: none, authenticators: none, authorizers: none,
  });
  const api = apiClient(server.transportFor({ name: 'admin', groups: ['system:masters'] }));
  if (given === undefined) {
    await api.create(newObject(Namespace, { metadata: { name: 'a' } }));
    await api.create(newObject(LimitRange, { metadata: { name: 'limits', namespace: 'a' }, spec: { limits: [] } }));
  }
  const account = (name: string) => api.create(newObject(ServiceAccount, { metadata: { name, namespace: 'a' } }));
  return { clock, store, lookup: server.context.lookup, account };
}

test('waits for an object until it is created, and for no other one', async () => {
  const { lookup, account } = await world();
  let found: ServiceAccount | undefined;
  const waiting = lookup.whenPresent(ServiceAccount, { namespace: 'a', name: 'default' }, new AbortController().signal).then((object) => (found = object));
  await account('other');
  await settled();
  expect(found).toBeUndefined();
  await account('default');
  expect((await waiting)?.metadata.name).toBe('default');
  expect((await lookup.whenPresent(ServiceAccount, { namespace: 'a', name: 'default' }, AbortSignal.abort()))?.metadata.name).toBe('default');
});

test('gives up when the signal aborts, before and during the wait', async () => {
  const { lookup } = await world();
  const ref = { namespace: 'a', name: 'default' };
  expect(await lookup.whenPresent(ServiceAccount, ref, AbortSignal.abort())).toBeUndefined();
  const abort = new AbortController();
  const waiting = lookup.whenPresent(ServiceAccount, ref, abort.signal);
  abort.abort();
  expect(await waiting).toBeUndefined();
});

test('holds the objects of a kind that nobody has read yet once it is ready', async () => {
  const { clock, store, account } = await world();
  await account('default');
  const again = await world({ clock, store });
  expect(again.lookup.list(LimitRange, 'a')).toEqual([]);
  await again.lookup.ready(LimitRange);
  expect(again.lookup.list(LimitRange, 'a').map(({ metadata }) => metadata.name)).toEqual(['limits']);
});
