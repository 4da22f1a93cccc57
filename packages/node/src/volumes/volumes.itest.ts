import { Event, Pod, type ConfigMap, type PodSpec, type Secret, ConfigMap as ConfigMapKind } from '@keelson/api/core/v1';
import { defineDistribution, use, type Distribution } from '@keelson/distro';
import runtimeSim from '@keelson/runtime-sim';
import { cluster, type TestCluster } from '@keelson/testing';
import configMap from '@keelson/volume-config-map';
import emptyDir from '@keelson/volume-empty-dir';
import projected from '@keelson/volume-projected';
import secret from '@keelson/volume-secret';
import nodeAgent from '../plugin.ts';

const distribution = (): Distribution =>
  defineDistribution({ name: 'volumes', version: '0.1.0', plugins: [runtimeSim, use(nodeAgent, {}), configMap, emptyDir, projected, secret] });

let at: TestCluster;
beforeEach(async () => {
  at = await cluster(distribution(), { seed: 'volumes' });
  await at.advance('1s');
});
afterEach(async () => {
  await at.close();
  expect(at.clock.pending).toBe(0);
});

async function run(name: string, spec: Partial<PodSpec>): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'i' }], ...spec } };
  await at.api.create(object as unknown as Pod);
}
const get = (name: string) => at.api.get(Pod, { namespace: 'default', name });
const phase = async (name: string) => (await get(name))?.status?.phase;
async function events(name: string): Promise<readonly string[]> {
  const { items } = await at.api.list(Event, { namespace: 'default' });
  return items.filter(({ involvedObject }) => involvedObject.name === name).map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
}
const config = (name: string, data: Record<string, string> = { a: '1' }) => [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data } as unknown as ConfigMap];

describe('a pod on a node that mounts nothing', () => {
  it('waits for its ConfigMap, says so, and starts the moment it is there', async () => {
    await run('web', { volumes: [{ name: 'config', configMap: { name: 'settings' } }] });
    await at.advance('1s');
    expect((await get('web'))?.status).toMatchObject({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] });
    expect(await events('web')).toEqual(['Warning FailedMount: MountVolume.SetUp failed for volume "config" : configmap "settings" not found']);
    await at.advance('1h');
    await at.apply(config('settings'));
    // By watch: no try is due.
    await at.advance(30);
    expect(await phase('web')).toBe('Running');
  });

  it.each<[string, PodSpec['volumes'], string | undefined]>([
    ['a missing key', [{ name: 'v', configMap: { name: 'here', items: [{ key: 'b', path: 'b' }] } }], 'configmap references non-existent config key: b'],
    ['an optional key', [{ name: 'v', configMap: { name: 'here', optional: true, items: [{ key: 'b', path: 'b' }] } }], undefined],
    ['a missing Secret', [{ name: 'v', secret: { secretName: 'login' } }], 'secret "login" not found'],
    ['an optional Secret', [{ name: 'v', secret: { secretName: 'login', optional: true } }], undefined],
    ['two missing sources', [{ name: 'v', projected: { sources: [{ configMap: { name: 'one' } }, { secret: { name: 'two' } }, { configMap: { name: 'here' } }] } }], '[configmap "one" not found, secret "two" not found]'],
    ['a token, which nobody could read', [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } }], undefined],
    ['an unknown medium', [{ name: 'v', emptyDir: { medium: 'HugePages' } }], 'unknown storage medium "HugePages"'],
    ['a type that nobody makes', [{ name: 'v', hostPath: { path: '/x' } }], undefined],
  ])('with %s', async (_, volumes, failure) => {
    await at.apply(config('here'));
    await run('web', { volumes });
    await at.advance('1s');
    expect(await phase('web')).toBe(failure === undefined ? 'Running' : 'Pending');
    if (failure !== undefined) expect(await events('web')).toEqual([`Warning FailedMount: MountVolume.SetUp failed for volume "v" : ${failure}`]);
  });

  it('starts when the key comes, or the Secret, and is let go of while it waits', async () => {
    await at.apply(config('here'));
    const volumes = [{ name: 'a', configMap: { name: 'here', items: [{ key: 'b', path: 'b' }] } }, { name: 'b', secret: { secretName: 'login' } }];
    await run('web', { volumes });
    await run('gone', { volumes });
    await at.advance('5m');
    const timers = at.clock.pending;
    await at.api.delete({ kind: Pod, ref: { namespace: 'default', name: 'gone' } });
    await at.advance('2s');
    expect(await get('gone')).toBeUndefined();
    await at.api.patch(ConfigMapKind, { namespace: 'default', name: 'here' }, { type: 'merge', body: { data: { b: '2' } } });
    await at.advance(30);
    expect(await phase('web')).toBe('Pending');
    await at.apply([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'default' }, data: { x: 'eA==' } } as unknown as Secret]);
    await at.advance(30);
    expect(await phase('web')).toBe('Running');
    // A running pod follows nothing: no timer of a watch or of a try is left.
    expect(at.clock.pending).toBeLessThan(timers);
  });

  it('keeps running when what it was made of goes', async () => {
    await at.apply(config('settings'));
    await run('web', { volumes: [{ name: 'config', configMap: { name: 'settings' } }] });
    await at.advance('1s');
    await at.api.delete({ kind: ConfigMapKind, ref: { namespace: 'default', name: 'settings' } });
    await at.advance('10m');
    expect(await phase('web')).toBe('Running');
    expect((await events('web')).filter((text) => text.includes('FailedMount'))).toEqual([]);
  });
});
