import { ConfigMap, Pod, Secret } from '@keelson/api/core/v1';
import { apiClient } from '@keelson/client';
import { FakeApi } from '@keelson/client/fake-api';
import { settled, VirtualClock } from '@keelson/testing/virtual-clock';
import { newObject } from '@keelson/reconcile';
import { silentLogger, type ApiTransport, type ContributionEntry, type Logger, type ResourceAccess, seededRandom } from '@keelson/sdk';
import type { ControllerDeclaration } from '@keelson/sdk/controller';
import { noopTracer } from '@keelson/telemetry';
import { ControllerRunner } from './controller-runner.ts';

type Entry = ContributionEntry<ControllerDeclaration>;

function world(denied: (plugin: string, resource: string, verb: string) => boolean = () => false, local = false) {
  const clock = new VirtualClock();
  const server = new FakeApi(clock);
  const used: string[] = [];
  const reviews: string[] = [];
  const forPlugin = (plugin: string): ApiTransport => ({
    async call(call) {
      if (call.plural === 'selfsubjectaccessreviews') {
        const body = call.body as { spec: { resourceAttributes: { resource: string; verb: string } } };
        const { resource, verb } = body.spec.resourceAttributes;
        reviews.push(`${plugin} ${verb} ${resource}`);
        return { ...body, status: { allowed: !denied(plugin, resource, verb) } };
      }
      used.push(`${plugin} ${call.verb} ${call.plural}`);
      return server.call(call);
    },
    watch(call, handler) {
      used.push(`${plugin} watch ${call.plural}`);
      return server.watch(call, handler);
    },
  });
  let entries: readonly Entry[] = [];
  let listener: () => void = () => undefined;
  const errors: string[] = [];
  const warnings: string[] = [];
  const log: Logger = { ...silentLogger, warn: (message, fields) => warnings.push(`${message} ${JSON.stringify(fields)}`), error: (message, fields) => errors.push(`${message} ${JSON.stringify(fields)}`), child: () => log };
  const contribute = (next: readonly Entry[]) => {
    entries = next;
    listener();
  };
  const entry = (plugin: string, value: Omit<ControllerDeclaration, 'for'>): Entry => ({
    value: { for: ConfigMap, ...value } as ControllerDeclaration,
    origin: { plugin, log, api: apiClient(forPlugin(plugin)) },
  });
  const runner = new ControllerRunner({
    controllers: {
      get entries() { return entries; },
      get values() { return entries.map(({ value }) => value); },
      [Symbol.iterator]: () => entries.map(({ value }) => value)[Symbol.iterator](),
      onChange: (fn) => {
        listener = fn;
        return () => (listener = () => undefined);
      },
    },
    transports: { forPlugin, ...(local ? { mayDo: (plugin: string, { resource, verb }: ResourceAccess) => Promise.resolve(!denied(plugin, resource, verb)) } : {}) }, clock, random: seededRandom('1'), log, tracer: noopTracer, relation: 'parent', plugin: 'runner',
  });
  return { clock, server, used, reviews, errors, warnings, contribute, entry, runner, user: apiClient(server) };
}

const never = new AbortController().signal;
const map = (name: string) => newObject(ConfigMap, { metadata: { name, namespace: 'a' } });

test('runs each controller as its plugin, over shared caches, and is ready when they are synced', async () => {
  const { used, contribute, entry, runner, user } = world();
  await user.create(map('x'));
  const seen: string[] = [];
  const writer = (name: string): Omit<ControllerDeclaration, 'for'> => ({
    name,
    async reconcile(object, { api }) {
      seen.push(name);
      if (object.metadata.labels?.[name] === undefined) await api.patch(ConfigMap, object.metadata, { type: 'merge', body: { metadata: { labels: { [name]: 'yes' } } } });
    },
  });
  contribute([entry('one', writer('first')), entry('two', writer('second'))]);
  runner.start();
  await runner.ready(never);
  await settled();
  expect(new Set(seen)).toEqual(new Set(['first', 'second']));
  expect(used.filter((line) => line.includes('watch'))).toEqual(['runner watch configmaps']);
  expect(used).toEqual(expect.arrayContaining(['one patch configmaps', 'two patch configmaps']));
  await runner.stop();
});

test('asks the server of its own process without a request, and by one what that refuses', async () => {
  const { used, reviews, contribute, entry, runner } = world((plugin) => plugin === 'sly', true);
  contribute([
    entry('sly', { name: 'sly', reads: [Secret], reconcile: () => undefined }),
    entry('honest', { name: 'honest', reads: [Pod], reconcile: () => undefined }),
  ]);
  runner.start();
  await runner.ready(never);
  expect(runner.running.map(({ name }) => name)).toEqual(['honest']);
  expect(reviews).toEqual(['sly list configmaps', 'sly watch configmaps', 'sly list secrets', 'sly watch secrets']);
  expect(used).toEqual(['runner watch configmaps', 'runner watch pods']);
  await runner.stop();
});

test('controllers come and go with their contributions', async () => {
  const { server, contribute, entry, runner, user } = world();
  const seen: string[] = [];
  const one = entry('one', { name: 'first', reads: [Pod], reconcile: () => void seen.push('first') });
  const two = entry('two', { name: 'second', reconcile: () => void seen.push('second') });
  contribute([one]);
  runner.start();
  await runner.ready(never);
  contribute([one, two]);
  await settled();
  await user.create(map('x'));
  await settled();
  expect(seen.sort()).toEqual(['first', 'second']);
  expect(server.watches).toBe(2);
  contribute([two]);
  await settled();
  expect(server.watches).toBe(1);
  await user.create(map('y'));
  await settled();
  expect(seen).toEqual(['first', 'second', 'second']);
  await runner.drain(never);
  await runner.stop();
  expect(server.watches).toBe(0);
});

test('a plugin that may not read what it declares is refused, told what is missing, and tried again', async () => {
  let granted = false;
  const { clock, contribute, entry, runner, user, errors } = world((plugin, resource, verb) => plugin === 'sly' && resource === 'secrets' && verb === 'watch' && !granted);
  await user.create(map('x'));
  const seen: string[] = [];
  contribute([
    entry('sly', { name: 'sly', reads: [Secret], reconcile: () => void seen.push('sly') }),
    entry('honest', { name: 'honest', reconcile: () => void seen.push('honest') }),
  ]);
  runner.start();
  await runner.ready(never);
  await settled();
  expect(seen).toEqual(['honest']);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toContain('"missing":["watch secrets"]');
  granted = true;
  await clock.advance(31_000);
  expect(seen).toEqual(['honest', 'sly']);
  await runner.stop();
});

test('ready gives up with its signal', async () => {
  const { server, contribute, entry, runner } = world();
  contribute([entry('one', { name: 'first', reconcile: () => undefined })]);
  server.watch = () => ({ stop: () => undefined });
  runner.start();
  const abort = new AbortController();
  const ready = runner.ready(abort.signal);
  abort.abort(new Error('time is up'));
  await expect(ready).rejects.toThrow('time is up');
  await runner.stop();
});

test('a wrong declaration does not keep the others from running', async () => {
  const { contribute, entry, runner, errors } = world();
  contribute([
    entry('bad', { name: 'bad', select: { labelSelector: '!!!' }, reconcile: () => undefined }),
    entry('good', { name: 'good', reconcile: () => undefined }),
  ]);
  runner.start();
  await runner.ready(never);
  expect(runner.running.map(({ name }) => name)).toEqual(['good']);
  expect(errors[0]).toContain('its declaration is wrong');
  await runner.stop();
});

test('a reconcile that does not listen to its signal is named, and does not hold up the stop for ever', async () => {
  const { clock, contribute, entry, runner, user, warnings } = world();
  await user.create(map('x'));
  contribute([entry('deaf', { name: 'deaf', reconcile: () => new Promise(() => undefined) })]);
  runner.start();
  await runner.ready(never);
  await settled();
  const limit = new AbortController();
  void runner.drain(limit.signal);
  await settled();
  expect(warnings).toEqual([]);
  limit.abort();
  expect(warnings).toEqual(['reconciles have not ended in the time for it {"controller":"deaf","objects":["a/x"]}']);
  const stopped = runner.stop();
  await clock.advance(1000);
  await stopped;
  expect(warnings[1]).toContain('reconciles go on after the controller was stopped');
});
