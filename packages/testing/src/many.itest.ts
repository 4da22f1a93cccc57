import { Deployment } from '@keelson/api/apps/v1';
import { ConfigMap, Pod } from '@keelson/api/core/v1';
import { defineDistribution } from '@keelson/distro';
import { standard } from '@keelson/distro/presets';
import { VirtualClock, cluster } from './index.ts';
import { web } from './testdata/web.ts';

const bare = defineDistribution({ name: 'bare', version: '0.1.0', plugins: [] });
const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' } }) as ConfigMap;

describe('many clusters in one process', () => {
  it('fifty at once do not see each other, and leave nothing when they close', async () => {
    const tests = await Promise.all(Array.from({ length: 50 }, (_, index) => cluster(bare, { seed: `many-${index}`, clock: new VirtualClock(undefined, { origins: true }) })));
    await Promise.all(tests.map((test, index) => test.api.create(map(`own-${index}`))));
    await tests[0]!.advance('1h');
    const seen = await Promise.all(tests.map(async (test) => (await test.api.list(ConfigMap, { namespace: 'default' })).items.map(({ metadata }) => metadata.name)));
    expect(seen).toEqual(tests.map((_, index) => [`own-${index}`]));
    expect(tests.map(({ clock }) => clock.monotonic())).toEqual([3_600_000, ...Array<number>(49).fill(0)]);
    expect(tests.filter(({ trace, random }) => trace.of({ kind: 'configmaps' }).length === 0 || random.next() === tests[0]!.random.next())).toEqual([]);
    await Promise.all(tests.map((test) => test.close()));
    expect(tests.flatMap(({ clock }) => clock.timers)).toEqual([]);
  });

  it('whole ones work side by side and close in the middle of it', async () => {
    const handles = process.getActiveResourcesInfo().length;
    const tests = await Promise.all(Array.from({ length: 5 }, (_, index) => cluster(standard, { seed: `whole-${index}` })));
    await Promise.all(tests.map((test) => test.apply(web)));
    await tests[4]!.close();
    for (const test of tests.slice(0, 4)) {
      await test.eventually('the pods are ready', async () => (await test.api.get(Deployment, { namespace: 'shop', name: 'web' }))?.status?.readyReplicas === 3);
    }
    const uids = await Promise.all(tests.slice(0, 4).map(async (test) => (await test.api.list(Pod)).items.map(({ metadata }) => metadata.uid)));
    expect(new Set(uids.flat()).size).toBe(12);
    await Promise.all(tests.map((test) => test.close()));
    expect(tests.map(({ clock }) => clock.pending)).toEqual([0, 0, 0, 0, 0]);
    expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(handles);
  });
});
