import { ConfigMap } from '@keelson/api/core/v1';
import { StatusError, silentLogger, seededRandom } from '@keelson/sdk';
import { apiClient } from '../api-client.ts';
import { FakeApi } from '../fake-api/index.ts';
import { settled, VirtualClock } from '@keelson/testing/virtual-clock';
import { newObject } from '../new-object.ts';
import { InformerFactory } from './informer-factory.ts';
import type { Change } from './informer.ts';

const map = (name: string, data: Record<string, string> = {}, labels: Record<string, string> = {}) =>
  newObject(ConfigMap, { metadata: { name, namespace: 'default', labels }, data });

function world() {
  const clock = new VirtualClock();
  const api = new FakeApi(clock);
  const client = apiClient(api);
  const factory = new InformerFactory({ client, clock, random: seededRandom('1'), log: silentLogger });
  const seen: string[] = [];
  const note = ({ type, object, previous }: Change<ConfigMap>) => seen.push(`${type} ${object.metadata.name} ${previous?.data?.['v'] ?? ''}>${object.data?.['v'] ?? ''}`);
  return { clock, api, client, factory, seen, note };
}

test('tells handlers of the initial state, of every change once, and keeps indexes', async () => {
  const { client, factory, seen, note } = world();
  await client.create(map('a', { v: '1' }));
  const { informer } = factory.use(ConfigMap);
  informer.store.addIndex('v', (object) => [object.data?.['v'] ?? '']);
  informer.onChange(note);
  await informer.synced;
  const b = await client.create(map('b', { v: '1' }));
  await client.update({ ...b, data: { v: '2' } });
  await client.delete(b);
  await settled();
  expect(seen).toEqual(['added a >1', 'added b >1', 'updated b 1>2', 'deleted b >2']);
  expect(informer.store.byIndex('v', '1').map((object) => object.metadata.name)).toEqual(['a']);
  expect(informer.store.byIndex('v', '2')).toEqual([]);
  expect(informer.store.list('default')).toHaveLength(1);
  expect(informer.store.list('other')).toHaveLength(0);
  const late: string[] = [];
  informer.onChange((change) => late.push(change.object.metadata.name));
  expect(late).toEqual(['a']);
});

test('falls back to list and watch where the server does not stream lists, paging through the list', async () => {
  const { api, client, factory } = world();
  api.faults.noStreaming = true;
  for (let n = 0; n < 1201; n += 1) await client.create(map(`m${n}`));
  const { informer } = factory.use(ConfigMap);
  await informer.synced;
  expect(informer.store.size).toBe(1201);
  expect(api.calls.filter((call) => call.verb === 'list')).toHaveLength(3);
  await client.create(map('late'));
  await settled();
  expect(informer.store.size).toBe(1202);
});

test('falls back to a list when a server ignores sendInitialEvents and just stays silent', async () => {
  const { clock, api, client } = world();
  await client.create(map('a'));
  const deaf = { call: api.call.bind(api), watch: (call: Parameters<FakeApi['watch']>[0], handler: Parameters<FakeApi['watch']>[1]) => api.watch({ ...call, query: { ...call.query, sendInitialEvents: undefined } }, handler) };
  const { informer } = new InformerFactory({ client: apiClient(deaf), clock, random: seededRandom('1'), log: silentLogger }).use(ConfigMap);
  await clock.advance(9_000);
  expect(informer.hasSynced).toBe(false);
  await clock.advance(2_000);
  expect(informer.hasSynced).toBe(true);
});

test('resumes a dropped watch from its last revision, without taking the full state again', async () => {
  const { clock, api, client, factory, seen, note } = world();
  const { informer } = factory.use(ConfigMap);
  informer.onChange(note);
  await informer.synced;
  api.dropWatches(new Error('connection reset'));
  await client.create(map('a'));
  await clock.advance(5_000);
  expect(seen).toEqual(['added a >']);
  expect(informer.fullStates).toBe(1);
});

test('takes the full state once after 410, and tells what vanished meanwhile', async () => {
  const { clock, api, client, factory, seen, note } = world();
  await client.create(map('a'));
  await client.create(map('b', { v: '1' }));
  const { informer } = factory.use(ConfigMap);
  informer.onChange(note);
  await informer.synced;
  api.dropWatches(new Error('connection reset'));
  await client.delete({ kind: ConfigMap, ref: { name: 'a', namespace: 'default' } });
  const b = await client.get(ConfigMap, { name: 'b', namespace: 'default' });
  await client.update({ ...b!, data: { v: '2' } });
  api.store.compacted = api.store.revision + 1;
  await clock.advance(5_000);
  expect(seen).toEqual(['added a >', 'added b >1', 'updated b 1>2', 'deleted a >']);
  expect(informer.fullStates).toBe(2);
});

test('a server that expires every watch is not listed in a loop', async () => {
  const { clock, api, factory } = world();
  const { informer } = factory.use(ConfigMap);
  await informer.synced;
  api.store.compacted = Number.MAX_SAFE_INTEGER;
  api.faults.noStreaming = true;
  api.dropWatches();
  await clock.advance(60_000);
  expect(informer.fullStates).toBeLessThan(12);
  expect(informer.fullStates).toBeGreaterThan(2);
});

test('notices a half-open watch by its silence', async () => {
  const { clock, api, client, factory, seen, note } = world();
  const { informer } = factory.use(ConfigMap);
  informer.onChange(note);
  await informer.synced;
  api.freezeWatches();
  await client.create(map('a'));
  await clock.advance(100_000);
  expect(seen).toEqual([]);
  await clock.advance(60_000);
  expect(seen).toEqual(['added a >']);
  expect(informer.fullStates).toBe(1);
});

test('waits as long as a 429 asks for', async () => {
  const { clock, api, client, factory, seen, note } = world();
  const { informer } = factory.use(ConfigMap);
  informer.onChange(note);
  await informer.synced;
  api.dropWatches(new StatusError('TooManyRequests', 'too many requests', { retryAfterSeconds: 20 }));
  await client.create(map('a'));
  await clock.advance(19_000);
  expect(seen).toEqual([]);
  await clock.advance(2_000);
  expect(seen).toEqual(['added a >']);
});

test('comes back after a server that refused for an hour', async () => {
  const { clock, api, client, factory } = world();
  let down = true;
  const flaky = {
    call: (call: Parameters<FakeApi['call']>[0]) => (down ? Promise.reject(new Error('connection refused')) : api.call(call)),
    watch: (call: Parameters<FakeApi['watch']>[0], handler: Parameters<FakeApi['watch']>[1]) => {
      if (down) {
        queueMicrotask(() => handler.end(new Error('connection refused')));
        return { stop: () => undefined };
      }
      return api.watch(call, handler);
    },
  };
  await client.create(map('a'));
  const { informer } = new InformerFactory({ client: apiClient(flaky), clock, random: seededRandom('1'), log: silentLogger }).use(ConfigMap);
  await clock.advance(3_600_000);
  expect(informer.hasSynced).toBe(false);
  down = false;
  await clock.advance(60_001);
  expect(informer.hasSynced).toBe(true);
  factory.stop();
});

test('drops duplicates and late events of an object, and takes the full state for what it cannot place', async () => {
  const { clock, api, client, factory, seen, note } = world();
  const { informer } = factory.use(ConfigMap);
  informer.onChange(note);
  await informer.synced;
  api.faults.deliver = () => 'duplicate';
  const a = await client.create(map('a', { v: '1' }));
  await settled();
  delete api.faults.deliver;
  expect(seen).toEqual(['added a >1']);
  let swaps = 1;
  api.faults.deliver = () => (swaps-- > 0 ? 'swap' : 'deliver');
  const a2 = await client.update({ ...a, data: { v: '2' } });
  await client.delete(a2);
  await clock.advance(5_000);
  expect(informer.store.size).toBe(0);
  expect(seen.at(-1)).toMatch(/^deleted a/);
});

test('a deleted and recreated object is told as two', async () => {
  const { clock, api, client, factory, seen, note } = world();
  const a = await client.create(map('a', { v: '1' }));
  const { informer } = factory.use(ConfigMap);
  informer.onChange(note);
  await informer.synced;
  api.dropWatches(new Error('connection reset'));
  await client.delete(a);
  await client.create(map('a', { v: '2' }));
  api.store.compacted = api.store.revision + 1;
  await clock.advance(5_000);
  expect(seen).toEqual(['added a >1', 'deleted a >1', 'added a >2']);
});

test('a failing handler does not keep the others from being told', async () => {
  const { client, factory, seen, note } = world();
  const { informer } = factory.use(ConfigMap);
  informer.onChange(() => {
    throw new Error('broken handler');
  });
  informer.onChange(note);
  await informer.synced;
  await client.create(map('a'));
  await settled();
  expect(seen).toEqual(['added a >']);
});

test('is shared per kind and selection, and stops with its last user', async () => {
  const { api, factory } = world();
  const first = factory.use(ConfigMap);
  const second = factory.use(ConfigMap);
  const other = factory.use(ConfigMap, { labelSelector: 'app=web' });
  expect(first.informer).toBe(second.informer);
  expect(other.informer).not.toBe(first.informer);
  await first.informer.synced;
  expect(api.watches).toBe(2);
  first.release();
  first.release();
  expect(api.watches).toBe(2);
  second.release();
  expect(api.watches).toBe(1);
  await expect(first.informer.waitFor(9_999)).rejects.toThrow('was stopped');
});

test('waitFor resolves by event, by bookmark and rejects on abort', async () => {
  const { client, factory } = world();
  const { informer } = factory.use(ConfigMap);
  await informer.synced;
  const a = await client.create(map('a'));
  await informer.waitFor(Number(a.metadata.resourceVersion));
  expect(informer.get({ name: 'a', namespace: 'default' })?.metadata.uid).toBe(a.metadata.uid);
  const abort = new AbortController();
  const waiting = informer.waitFor(1_000_000, abort.signal);
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});
