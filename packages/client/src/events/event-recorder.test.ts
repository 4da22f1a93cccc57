import { ConfigMap, type Event } from '@keelson/api/core/v1';
import { silentLogger, StatusError, seededRandom } from '@keelson/sdk';
import { apiClient } from '../api-client.ts';
import { FakeApi } from '../fake-api/index.ts';
import { settled, VirtualClock } from '@keelson/testing/virtual-clock';
import { newObject } from '../new-object.ts';
import { eventRecorder } from './event-recorder.ts';

async function world() {
  const clock = new VirtualClock();
  const server = new FakeApi(clock);
  const api = apiClient(server);
  const about = await api.create(newObject(ConfigMap, { metadata: { name: 'web', namespace: 'a' } }));
  const recorder = eventRecorder({ api, clock, random: seededRandom('1'), log: silentLogger, component: 'test-controller' });
  const events = () => server.store.list('events') as Event[];
  return { clock, server, api, about, recorder, events };
}

test('writes an event with the names and times that kubectl shows', async () => {
  const { recorder, about, events } = await world();
  recorder.record(about, 'Normal', 'Started', 'started it');
  await recorder.flush();
  expect(events()).toMatchObject([{
    metadata: { namespace: 'a' }, type: 'Normal', reason: 'Started', message: 'started it', count: 1,
    involvedObject: { apiVersion: 'v1', kind: 'ConfigMap', name: 'web', namespace: 'a', uid: about.metadata.uid },
    source: { component: 'test-controller' }, reportingComponent: 'test-controller',
    firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:00:00Z',
  }]);
  expect(events()[0]?.metadata.name).toMatch(/^web\.[0-9a-f]{16}$/);
});

test('counts equal events up, also those that come while one is being written', async () => {
  const { clock, recorder, about, events, server } = await world();
  for (let n = 0; n < 3; n += 1) recorder.record(about, 'Warning', 'Failed', 'no luck');
  await recorder.flush();
  await clock.advance(5000);
  recorder.record(about, 'Warning', 'Failed', 'no luck');
  await recorder.flush();
  expect(events()).toMatchObject([{ count: 4, firstTimestamp: '2026-01-01T00:00:00Z', lastTimestamp: '2026-01-01T00:00:05Z' }]);
  expect(server.calls.filter(({ plural }) => plural === 'events')).toHaveLength(2);
});

test('combines events that differ in their message only, from the tenth on', async () => {
  const { recorder, about, events } = await world();
  for (let n = 0; n < 15; n += 1) recorder.record(about, 'Normal', 'Created', `created ${n}`);
  await recorder.flush();
  expect(events()).toHaveLength(10);
  expect(events().at(-1)).toMatchObject({ count: 6, message: '(combined from similar events): created 9' });
});

test('leaves out what is too much about one object, and lets more through later', async () => {
  const { clock, recorder, about, events, api } = await world();
  for (let n = 0; n < 40; n += 1) recorder.record(about, 'Normal', `Reason${n}`, 'x');
  const other = await api.create(newObject(ConfigMap, { metadata: { name: 'other', namespace: 'a' } }));
  recorder.record(other, 'Normal', 'Reason', 'x');
  await recorder.flush();
  expect(events()).toHaveLength(26);
  await clock.advance(300_000);
  recorder.record(about, 'Normal', 'Late', 'x');
  recorder.record(about, 'Normal', 'Later', 'x');
  await recorder.flush();
  expect(events()).toHaveLength(27);
});

test('writes an event anew when the counted one has expired', async () => {
  const { recorder, about, events, api } = await world();
  recorder.record(about, 'Normal', 'Started', 'x');
  await recorder.flush();
  await api.delete(events()[0] as Event);
  recorder.record(about, 'Normal', 'Started', 'x');
  await recorder.flush();
  expect(events()).toMatchObject([{ count: 2 }]);
});

test('lists events of several recorders in the order in which they happened, within one millisecond too', async () => {
  const { api, clock, about, events, recorder } = await world();
  const others = [2, 3].map((seed) => eventRecorder({ api, clock, random: seededRandom(String(seed)), log: silentLogger, component: `other-${seed}` }));
  const recorders = [recorder, ...others];
  for (let n = 0; n < 24; n += 1) recorders[n % 3]!.record(about, 'Normal', `Reason${String(n).padStart(2, '0')}`, 'x');
  await Promise.all(recorders.map((one) => one.flush()));
  const byName = events().sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)).map(({ reason }) => reason);
  expect(byName).toEqual([...byName].sort());
});

test('never throws: a refusal is dropped, a lost connection is tried again', async () => {
  const { clock, recorder, about, events, server } = await world();
  server.faults.before = (call) => {
    if (call.plural === 'events') throw new StatusError('Forbidden', 'no');
  };
  recorder.record(about, 'Normal', 'Refused', 'x');
  await recorder.flush();
  let failures = 2;
  server.faults.before = (call) => {
    if (call.plural === 'events' && failures-- > 0) throw new Error('connection reset');
  };
  recorder.record(about, 'Normal', 'Lost', 'x');
  await settled();
  await clock.advance(5000);
  await recorder.flush();
  expect(events().map(({ reason }) => reason)).toEqual(['Lost']);
});
