import fc from 'fast-check';
import { controllerReference, type KubeObject } from '@keelson/api';
import { ConfigMap, Secret } from '@keelson/api/core/v1';
import { apiClient, InformerFactory, newObject } from '@keelson/client';
import { FakeApi, type Delivery } from '@keelson/client/fake-api';
import { VirtualClock } from '@keelson/testing/virtual-clock';
import { silentLogger, seededRandom } from '@keelson/sdk';
import type { ControllerDeclaration, ReconcileContext } from '@keelson/sdk/controller';
import { runController } from './run-controller.ts';

/** Keeps `data.count` secrets for each map, none twice, none too many, and says in `data.have` how many there are. */
const keeper: ControllerDeclaration<ConfigMap> = {
  name: 'keeper', for: ConfigMap, owns: [Secret], concurrency: 3,
  async reconcile(object, { api, caches }: ReconcileContext) {
    const owned = caches.ownedBy(Secret, object.metadata.uid);
    const wanted = Number(object.data?.['count'] ?? 0);
    for (let n = owned.length; n < wanted; n += 1) await api.create(secretOf(object));
    for (const surplus of owned.slice(wanted)) await api.delete(surplus);
    const have = String(Math.min(wanted, owned.length));
    if (owned.length === wanted && object.data?.['have'] !== have) {
      await api.update({ ...object, data: { ...object.data, have } });
    }
  },
};

const secretOf = (owner: KubeObject) =>
  newObject(Secret, { metadata: { generateName: `${owner.metadata.name}-`, namespace: 'default', ownerReferences: [controllerReference(owner)] } });

type Step =
  | { readonly do: 'set'; readonly map: number; readonly count: number }
  | { readonly do: 'delete'; readonly map: number }
  | { readonly do: 'steal' }
  | { readonly do: 'drop' }
  | { readonly do: 'freeze' }
  | { readonly do: 'compact' }
  | { readonly do: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('set' as const), map: fc.nat(2), count: fc.nat(4) }),
  fc.record({ do: fc.constant('delete' as const), map: fc.nat(2) }),
  fc.constant({ do: 'steal' as const }),
  fc.constant({ do: 'drop' as const }),
  fc.constant({ do: 'freeze' as const }),
  fc.constant({ do: 'compact' as const }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat(3000) }),
);

interface Outcome {
  readonly maps: Record<string, string | undefined>;
  readonly secrets: Record<string, number>;
  readonly most: number;
  readonly log: string;
}

async function play(steps: readonly Step[], seed: number): Promise<Outcome> {
  const clock = new VirtualClock();
  const server = new FakeApi(clock);
  const client = apiClient(server);
  const chance = seededRandom(String(seed));
  let faulty = true;
  const fates: Delivery[] = ['deliver', 'deliver', 'deliver', 'duplicate', 'swap', 'cut'];
  server.faults.deliver = () => (faulty ? (fates[chance.int(fates.length)] ?? 'deliver') : 'deliver');
  let users = false;
  server.faults.before = () => {
    if (faulty && !users && chance.int(6) === 0) throw new Error('connection refused');
  };
  server.faults.after = () => {
    if (faulty && !users && chance.int(6) === 0) throw new Error('answer lost');
  };
  const asUser = async (fn: () => Promise<unknown>): Promise<void> => {
    users = true;
    await fn().finally(() => (users = false));
  };
  const informers = new InformerFactory({ client, clock, random: seededRandom(String(seed + 1)), log: silentLogger });
  const controller = runController(keeper, { api: client, informers, clock, random: seededRandom(String(seed + 2)), log: silentLogger });
  for (const each of steps) {
    if (each.do === 'wait') await clock.advance(each.ms);
    else if (each.do === 'drop') server.dropWatches(new Error('connection reset'));
    else if (each.do === 'freeze') server.freezeWatches();
    else if (each.do === 'compact') server.store.compacted = server.store.revision + 1;
    else if (each.do === 'steal') {
      const [secret] = server.store.list('secrets');
      if (secret !== undefined) await asUser(() => client.delete(secret));
    } else {
      const ref = { name: `m${each.map}`, namespace: 'default' };
      const present = await (async () => server.store.get('configmaps', `default/${ref.name}`) as ConfigMap | undefined)();
      if (each.do === 'delete') {
        if (present !== undefined) await asUser(() => client.delete(present));
      } else if (present === undefined) await asUser(() => client.create(newObject(ConfigMap, { metadata: ref, data: { count: String(each.count) } })));
      else await asUser(() => client.patch(ConfigMap, ref, { type: 'merge', body: { data: { count: String(each.count) } } }));
    }
  }
  faulty = false;
  await clock.advance(1_000_000);
  const live = new Map(server.store.list('configmaps').map((object) => [object.metadata.uid, object as ConfigMap]));
  const secrets: Record<string, number> = {};
  for (const secret of server.store.list('secrets')) {
    const owner = live.get(secret.metadata.ownerReferences?.[0]?.uid ?? '');
    if (owner !== undefined) secrets[owner.metadata.name] = (secrets[owner.metadata.name] ?? 0) + 1;
  }
  await controller.stop();
  informers.stop();
  const maps = Object.fromEntries([...live.values()].map((object) => [object.metadata.name, `${object.data?.['count']}/${object.data?.['have'] ?? '-'}`]));
  const log = server.store.log.map(({ type, object, revision }) => `${revision} ${type} ${object.metadata.name}`).join('\n');
  return { maps, secrets, most: clock.pending, log };
}

test('whatever is lost, doubled, swapped or cut, and wherever a write crashes: the right state in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.nat(), async (steps, seed) => {
      const { maps, secrets, most } = await play(steps, seed);
      for (const [name, state] of Object.entries(maps)) {
        const [count] = state?.split('/') ?? [];
        expect(`${name} ${state}`).toBe(`${name} ${count}/${count}`);
        expect(secrets[name] ?? 0).toBe(Number(count));
      }
      expect(most).toBe(0);
    }),
    { numRuns: 150, seed: 20260101 },
  );
});

test('the same seed gives the same log, byte for byte', async () => {
  const steps: Step[] = [
    { do: 'set', map: 0, count: 4 }, { do: 'wait', ms: 500 }, { do: 'steal' }, { do: 'drop' }, { do: 'set', map: 1, count: 3 }, { do: 'compact' },
    { do: 'wait', ms: 900 }, { do: 'set', map: 0, count: 1 },
  ];
  const first = await play(steps, 42);
  expect((await play(steps, 42)).log).toBe(first.log);
  expect((await play(steps, 43)).log).not.toBe(first.log);
});
