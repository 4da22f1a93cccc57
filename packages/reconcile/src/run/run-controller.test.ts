import { context, ROOT_CONTEXT, trace, type SpanContext } from '@opentelemetry/api';
import { ConfigMap, Secret } from '@keelson/api/core/v1';
import { controllerReference, type KubeObject } from '@keelson/api';
import { Lease } from '@keelson/api/coordination/v1';
import { apiClient, InformerFactory, newObject } from '@keelson/client';
import { FakeApi } from '@keelson/client/fake-api';
import { settled, VirtualClock } from '@keelson/testing/virtual-clock';
import { silentLogger, StatusError, Terminal, seededRandom } from '@keelson/sdk';
import type { ControllerDeclaration } from '@keelson/sdk/controller';
import { nextHop, registerContextManager, SpanRecorder, type SpanRecord } from '@keelson/telemetry';
import { runController, type RunControllerOptions } from './run-controller.ts';

registerContextManager();

function world() {
  const clock = new VirtualClock();
  const server = new FakeApi(clock);
  const api = apiClient(server);
  const random = seededRandom('7');
  const informers = new InformerFactory({ client: api, clock, random, log: silentLogger });
  const spans: SpanRecord[] = [];
  const tracer = new SpanRecorder({ clock, random: seededRandom('8'), sink: (span) => spans.push(span) }).tracer('test');
  const run = <T extends KubeObject>(declaration: ControllerDeclaration<T>, more: Partial<RunControllerOptions> = {}) =>
    runController(declaration, { api, informers, clock, random, log: silentLogger, tracer, ...more });
  return { clock, server, api, informers, spans, tracer, run };
}

const map = (name: string, data: Record<string, string> = {}) => newObject(ConfigMap, { metadata: { name, namespace: 'default' }, data });
const secretOf = (owner: KubeObject) =>
  newObject(Secret, { metadata: { name: owner.metadata.name, namespace: 'default', ownerReferences: [controllerReference(owner)] } });

test('reconciles what is there, what changes and what an owned object does', async () => {
  const { api, run } = world();
  const seen: string[] = [];
  const a = await api.create(map('a'));
  const controller = run({ name: 'copy', for: ConfigMap, owns: [Secret], reconcile: (object) => void seen.push(object.metadata.name) });
  await controller.synced;
  await settled();
  expect(seen).toEqual(['a']);
  const secret = await api.create(secretOf(a));
  await settled();
  await api.delete(secret);
  await settled();
  expect(seen).toEqual(['a', 'a', 'a']);
  await api.create(newObject(Secret, { metadata: { name: 'stranger', namespace: 'default' } }));
  await settled();
  expect(seen).toHaveLength(3);
});

test('never acts on a view from before its own last write', async () => {
  const { clock, server, api, run } = world();
  await api.create(map('a'));
  const counts: number[] = [];
  const controller = run({
    name: 'creator', for: ConfigMap, owns: [Secret],
    async reconcile(object, { api: own, caches }) {
      const owned = caches.ownedBy(Secret, object.metadata.uid).length;
      counts.push(owned);
      if (owned >= 2) return;
      await own.create(newObject(Secret, { metadata: { generateName: 's-', namespace: 'default', ownerReferences: [controllerReference(object)] } }));
      return { requeueAfter: 1 };
    },
  });
  await controller.synced;
  server.freezeWatches();
  await clock.advance(60_000);
  expect(counts).toEqual([0]);
  await clock.advance(400_000);
  expect(counts).toEqual([0, 1, 2]);
  expect(server.store.list('secrets')).toHaveLength(2);
  expect(controller.counters.waitsForOwnWrites).toBeGreaterThan(0);
});

test('waits for its own deletes by uid, also when it names no uid', async () => {
  const { api, run, server, clock } = world();
  const a = await api.create(map('a'));
  await api.create(secretOf(a));
  const deletes: string[] = [];
  const controller = run({
    name: 'deleter', for: ConfigMap, owns: [Secret],
    async reconcile(object, { api: own, caches }) {
      const [secret] = caches.ownedBy(Secret, object.metadata.uid);
      if (secret === undefined) return;
      deletes.push(secret.metadata.uid);
      await own.delete({ kind: Secret, ref: secret.metadata });
      return { requeueAfter: 1 };
    },
  });
  await controller.synced;
  server.faults.deliver = () => 'cut';
  await clock.advance(20);
  delete server.faults.deliver;
  await clock.advance(10_000);
  expect(deletes).toHaveLength(1);
});

test('retries a failure with back-off, and a terminal one not before the object changes', async () => {
  const { clock, api, run } = world();
  const at: number[] = [];
  const a = await api.create(map('a', { mode: 'fail' }));
  const controller = run({
    name: 'failing', for: ConfigMap,
    reconcile(object) {
      at.push(clock.monotonic());
      if (object.data?.['mode'] === 'fail') throw new Error('not yet');
      if (object.data?.['mode'] === 'terminal') throw new Terminal('never');
      if (object.data?.['mode'] === 'odd') throw 'not even an error';
    },
  });
  await controller.synced;
  await clock.advance(80);
  expect(at).toEqual([0, 5, 15, 35, 75]);
  const failing = await api.update({ ...a, data: { mode: 'terminal' } });
  await clock.advance(100_000);
  expect(controller.counters).toMatchObject({ terminal: 1, failures: 6 });
  await api.update({ ...failing, data: { mode: 'odd' } });
  await clock.advance(1);
  expect(controller.counters.failures).toBeGreaterThanOrEqual(7);
});

test('a broken enqueue function is counted and harms nobody else', async () => {
  const { api, run } = world();
  const seen: string[] = [];
  const controller = run({
    name: 'watching', for: ConfigMap,
    watches: [{ kind: Secret, enqueue: () => { throw new Error('broken'); } }],
    reconcile: (object) => void seen.push(object.metadata.name),
  });
  await controller.synced;
  await api.create(newObject(Secret, { metadata: { name: 's', namespace: 'default' } }));
  await api.create(map('a'));
  await settled();
  expect(seen).toEqual(['a']);
  expect(controller.counters.enqueueFailures).toBe(1);
});

test('tells of deleted objects only who asks for it', async () => {
  const { api, run } = world();
  const a = await api.create(map('a'));
  const gone: string[] = [];
  await run({ name: 'tidy', for: ConfigMap, reconcile: () => undefined, deleted: (ref) => void gone.push(`${ref.namespace}/${ref.name}`) }).synced;
  await settled();
  await api.delete(a);
  await settled();
  expect(gone).toEqual(['default/a']);
});

test('reconciles everything again every so often', async () => {
  const { clock, api, run } = world();
  await api.create(map('a'));
  let count = 0;
  const controller = run({ name: 'resync', for: ConfigMap, resyncEvery: 10_000, reconcile: () => void (count += 1) });
  await controller.synced;
  await clock.advance(35_000);
  expect(count).toBe(4);
  await controller.stop();
  await clock.advance(60_000);
  expect(count).toBe(4);
});

test('reading a kind that was not declared is an error that says what to do', async () => {
  const { clock, api, run } = world();
  await api.create(map('a'));
  const controller = run({ name: 'sly', for: ConfigMap, reconcile: (_object, { caches }) => void caches.list(Secret) });
  await controller.synced;
  await clock.advance(1);
  expect(controller.counters.failures).toBe(1);
});

test('drain lets what runs end and takes nothing new; stop aborts and refuses later writes', async () => {
  const { clock, api, run } = world();
  await api.create(map('a'));
  await api.create(map('b'));
  const log: string[] = [];
  const controller = run({
    name: 'slow', for: ConfigMap,
    async reconcile(object, { api: own, clock: time }) {
      log.push(`begin ${object.metadata.name}`);
      await time.sleep(100);
      await own.patch(ConfigMap, object.metadata, { type: 'merge', body: { data: { seen: 'yes' } } });
      log.push(`end ${object.metadata.name}`);
    },
  });
  await controller.synced;
  await settled();
  const drained = controller.drain();
  await clock.advance(100);
  await drained;
  expect(log).toEqual(['begin a', 'end a']);
  const other = run({
    name: 'stopped', for: ConfigMap,
    async reconcile(object, { api: own, clock: time }) {
      await time.sleep(100);
      await own.patch(ConfigMap, object.metadata, { type: 'merge', body: { data: { late: 'yes' } } });
      log.push('wrote late');
    },
  });
  await other.synced;
  await settled();
  const stopped = other.stop();
  await clock.advance(100);
  await stopped;
  expect(log).toEqual(['begin a', 'end a']);
});

test('only the holder of the lease works; the next one takes over when it is released', async () => {
  const { clock, api, run } = world();
  await api.create(map('a'));
  const seen: string[] = [];
  const declare = (who: string): ControllerDeclaration<ConfigMap> => ({
    name: who, for: ConfigMap, leaderElection: 'one-at-a-time', reconcile: () => void seen.push(who),
  });
  const first = run(declare('first'), { identity: 'first' });
  await first.synced;
  await clock.advance(10);
  const second = run(declare('second'), { identity: 'second' });
  await clock.advance(60_000);
  expect(seen).toEqual(['first']);
  await first.stop();
  expect((await api.get(Lease, { namespace: 'kube-system', name: 'one-at-a-time' }))?.spec?.holderIdentity).toBe('');
  await clock.advance(10_000);
  expect(seen).toEqual(['first', 'second']);
  await second.stop();
});

test('a leader that cannot renew stops before another one may start', async () => {
  const { clock, server, api, run } = world();
  await api.create(map('a'));
  const terms: string[] = [];
  const controller = run({
    name: 'term', for: ConfigMap, leaderElection: 'term',
    reconcile: (_object, { signal }) => {
      signal.addEventListener('abort', () => terms.push('lost'));
      terms.push('led');
    },
  });
  await controller.synced;
  await clock.advance(10);
  server.faults.before = (call) => {
    if (call.plural === 'leases') throw new Error('connection refused');
  };
  await clock.advance(9_000);
  expect(terms).toEqual(['led']);
  await clock.advance(4_000);
  expect(terms).toEqual(['led', 'lost']);
});

describe('spans', () => {
  const cause = (n: number): SpanContext => ({ traceId: String(n).repeat(32).slice(0, 32), spanId: String(n).repeat(16).slice(0, 16), traceFlags: 1 });
  const as = <R>(span: SpanContext, fn: () => R): R => context.with(trace.setSpanContext(ROOT_CONTEXT, span), fn);
  const writer: ControllerDeclaration<ConfigMap> = {
    name: 'writer', for: ConfigMap, spacing: () => 10,
    async reconcile(object, { api }) {
      if (object.data?.['write'] !== object.data?.['written']) {
        await api.patch(ConfigMap, object.metadata, { type: 'merge', body: { data: { written: object.data?.['write'] } } });
      }
    },
  };

  test('the write that woke it is the parent, its own write is its child, and looking at that leaves no span', async () => {
    const { api, run, spans, server, clock } = world();
    const controller = run(writer);
    await controller.synced;
    await as(cause(1), () => api.create(map('a', { write: '1' })));
    await clock.advance(100);
    expect(spans).toHaveLength(1);
    const [span] = spans as [SpanRecord];
    expect(span).toMatchObject({
      name: 'reconcile writer', traceId: cause(1).traceId, parentSpanId: cause(1).spanId,
      attributes: { 'keelson.object.name': 'a', 'keelson.object.namespace': 'default', 'keelson.object.kind': 'ConfigMap', 'keelson.outcome': 'done', 'keelson.attempt': 1 },
    });
    expect(span.traceState).toContain('keelson=h:1');
    expect(server.store.log.at(-1)?.cause?.spanId).toBe(span.spanId);
    expect(controller.counters.reconciles).toBe(2);
  });

  test('of several causes the newest is the parent, the others are links', async () => {
    const { api, run, spans, clock } = world();
    const controller = run(writer);
    await controller.synced;
    const a = await as(cause(1), () => api.create(map('a')));
    await clock.advance(1);
    const b = await as(cause(2), () => api.update({ ...a, data: { write: '1' } }));
    await clock.advance(1);
    await as(cause(3), () => api.update({ ...b, data: { write: '2' } }));
    await clock.advance(50);
    expect(spans[0]).toMatchObject({ parentSpanId: cause(3).spanId, links: [{ spanId: cause(2).spanId }] });
  });

  test('a cause more than 32 hops from its root is a link of a new trace', async () => {
    const { api, run, spans, clock } = world();
    await run(writer).synced;
    let far = cause(1);
    for (let hop = 0; hop < 33; hop += 1) far = nextHop(far);
    await as(far, () => api.create(map('a', { write: '1' })));
    await clock.advance(50);
    expect(spans[0]?.parentSpanId).toBeUndefined();
    expect(spans[0]?.links).toMatchObject([{ spanId: far.spanId }]);
    expect(spans[0]?.traceId).not.toBe(far.traceId);
  });

  test('a retry keeps its cause; after ten minutes the cause is a link only', async () => {
    const { api, run, spans, clock } = world();
    const controller = run({ name: 'failing', for: ConfigMap, reconcile: () => { throw new StatusError('ServiceUnavailable', 'no'); } });
    await controller.synced;
    await as(cause(1), () => api.create(map('a')));
    await clock.advance(20 * 60_000);
    expect(spans[0]).toMatchObject({ parentSpanId: cause(1).spanId, attributes: { 'keelson.attempt': 1, 'keelson.outcome': 'failed' } });
    expect(spans[1]).toMatchObject({ parentSpanId: cause(1).spanId, attributes: { 'keelson.attempt': 2 } });
    const late = spans.at(-1) as SpanRecord;
    expect(late.parentSpanId).toBeUndefined();
    expect(late.links).toMatchObject([{ spanId: cause(1).spanId }]);
  });

  test('a reconcile that took long leaves a span though it wrote nothing', async () => {
    const { api, run, spans, clock } = world();
    await run({ name: 'slow', for: ConfigMap, reconcile: (_object, { clock: time }) => time.sleep(60) }).synced;
    await api.create(map('a'));
    await clock.advance(100);
    expect(spans).toHaveLength(1);
    expect((spans[0]?.end ?? 0) - (spans[0]?.start ?? 0)).toBe(60);
  });

  test('with relation link every reconcile is a root', async () => {
    const { api, run, spans, clock } = world();
    await run(writer, { relation: 'link' }).synced;
    await as(cause(1), () => api.create(map('a', { write: '1' })));
    await clock.advance(50);
    expect(spans[0]?.parentSpanId).toBeUndefined();
    expect(spans[0]?.links).toMatchObject([{ spanId: cause(1).spanId }]);
  });
});


test('does not look again at an object that a write found gone before the cache shows it, whatever wakes it', async () => {
  const { api, clock, run, server } = world();
  server.faults.before = (call) => {
    if (call.verb === 'patch') throw new StatusError('NotFound', 'configmaps "a" not found', { name: 'a', kind: 'configmaps' });
  };
  const a = await api.create(map('a'));
  let looks = 0;
  const controller = run({
    name: 'late', for: ConfigMap, owns: [Secret],
    async reconcile(object, { api: own }) {
      looks += 1;
      await own.patch(ConfigMap, object.metadata, { type: 'merge', body: { data: { seen: 'yes' } } });
    },
  });
  await controller.synced;
  await settled();
  await api.create(secretOf(a));
  await clock.advance(60_000);
  expect(looks).toBe(1);
  await api.delete(a);
  await clock.advance(60_000);
  expect(looks).toBe(1);
  await api.create(map('a'));
  await settled();
  expect(looks).toBe(2);
  await controller.stop();
});
