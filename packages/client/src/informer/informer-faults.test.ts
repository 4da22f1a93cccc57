import fc from 'fast-check';
import { ConfigMap } from '@keelson/api/core/v1';
import { silentLogger, seededRandom } from '@keelson/sdk';
import { apiClient } from '../api-client.ts';
import { FakeApi, type Delivery } from '../fake-api/index.ts';
import { settled, VirtualClock } from '@keelson/testing/virtual-clock';
import { newObject } from '../new-object.ts';
import { InformerFactory } from './informer-factory.ts';

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('create', 'update', 'delete', 'recreate'), name: fc.constantFrom('a', 'b', 'c'), value: fc.nat(99) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('drop', 'freeze', 'compact', 'settle', 'wait'), name: fc.constant(''), value: fc.nat(2000) }) },
);

test('the copy ends equal to the server and its handlers have told every step of the way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.nat(), async (steps, seed) => {
      const clock = new VirtualClock();
      const server = new FakeApi(clock);
      const client = apiClient(server);
      const chance = seededRandom(String(seed));
      const fates: Delivery[] = ['deliver', 'deliver', 'deliver', 'duplicate', 'swap', 'swap', 'cut'];
      server.faults.deliver = () => fates[chance.int(fates.length)] ?? 'deliver';
      const factory = new InformerFactory({ client, clock, random: seededRandom(String(seed)), log: silentLogger });
      const { informer } = factory.use(ConfigMap);
      const told = new Map<string, string>();
      // Collected, because an informer catches what its handlers throw.
      const faults: string[] = [];
      informer.onChange(({ type, object, previous }) => {
        const { name, uid, resourceVersion } = object.metadata;
        const before = told.get(name);
        // What a handler is told fits what it was told before: no gap, no double, no step back within one object.
        if ((type === 'added') !== (before === undefined)) faults.push(`${type} ${name} after ${before}`);
        if (type === 'updated' && `${uid} ${previous?.metadata.resourceVersion}` !== before) faults.push(`gap before ${name} ${resourceVersion}`);
        if (type === 'updated' && Number(resourceVersion) <= Number(previous?.metadata.resourceVersion)) faults.push(`back to ${name} ${resourceVersion}`);
        if (type === 'deleted') told.delete(name);
        else told.set(name, `${uid} ${resourceVersion}`);
      });
      for (const { do: what, name, value } of steps) {
        const ref = { name, namespace: 'default' };
        const draft = newObject(ConfigMap, { metadata: ref, data: { v: String(value) } });
        const there = server.store.get('configmaps', `default/${name}`);
        if (what === 'create' && !there) await client.create(draft);
        if (what === 'update' && there) await client.patch(ConfigMap, ref, { type: 'merge', body: { data: { v: String(value) } } });
        if ((what === 'delete' || what === 'recreate') && there) await client.delete(there);
        if (what === 'recreate' && there) await client.create(draft);
        if (what === 'drop') server.dropWatches(new Error('connection reset'));
        if (what === 'freeze') server.freezeWatches();
        if (what === 'compact') server.store.compacted = server.store.revision + 1;
        if (what === 'settle') await settled();
        if (what === 'wait') await clock.advance(value);
      }
      server.faults.deliver = () => 'deliver';
      await clock.advance(400_000);
      expect(faults).toEqual([]);
      const state = (objects: readonly { readonly metadata: ConfigMap['metadata'] }[]) => objects.map(({ metadata }) => `${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`).sort();
      expect(state(informer.store.list())).toEqual(state(server.store.list('configmaps')));
      expect([...told].map(([name, at]) => `${name} ${at}`).sort()).toEqual(state(server.store.list('configmaps')));
      factory.stop();
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 400, seed: 20260102 },
  );
});
