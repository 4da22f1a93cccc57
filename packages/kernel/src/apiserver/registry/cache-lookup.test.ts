import { Namespace, ServiceAccount } from '@keelson/api/core/v1';
import { apiClient, newObject } from '@keelson/client';
import { SeededRandom, settle, VirtualClock } from '@keelson/client/fake-api';
import { silentLogger } from '@keelson/sdk';
import { noopTracer } from '@keelson/telemetry';
import { openMemoryStore } from '../../storage/index.ts';
import { ApiServer } from '../api-server.ts';
import { stampRevision } from './object-codec.ts';

async function world() {
  const clock = new VirtualClock();
  const none = { values: [], entries: [], onChange: () => () => undefined, [Symbol.iterator]: () => [][Symbol.iterator]() };
  const server = await ApiServer.start({
    store: openMemoryStore({ clock, stamp: stampRevision }), clock, random: new SeededRandom(1), log: silentLogger, tracer: noopTracer,
    admission: none, authenticators: none, authorizers: none,
  });
  const api = apiClient(server.transportFor({ name: 'admin', groups: ['system:masters'] }));
  await api.create(newObject(Namespace, { metadata: { name: 'a' } }));
  const account = (name: string) => api.create(newObject(ServiceAccount, { metadata: { name, namespace: 'a' } }));
  return { lookup: server.context.lookup, account };
}

test('waits for an object until it is created, and for no other one', async () => {
  const { lookup, account } = await world();
  let found: ServiceAccount | undefined;
  const waiting = lookup.whenPresent(ServiceAccount, { namespace: 'a', name: 'default' }, new AbortController().signal).then((object) => (found = object));
  await account('other');
  await settle();
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
