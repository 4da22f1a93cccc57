import { Deployment } from '@keelson/api/apps/v1';
import { Event, Pod, type ConfigMap } from '@keelson/api/core/v1';
import { standard } from '@keelson/distro/presets';
import { cluster, type TestCluster } from './index.ts';
import { faultsOfEndState } from './testdata/end-state.ts';
import { web } from './testdata/web.ts';

const ref = { namespace: 'shop', name: 'web' };
const scale = (test: TestCluster, replicas: number) => test.api.patch(Deployment, ref, { type: 'merge', body: { spec: { replicas } } });
const ready = async (test: TestCluster) => (await test.api.get(Deployment, ref))?.status?.readyReplicas;
const uids = async (test: TestCluster) => (await test.api.list(Pod, { namespace: 'shop' })).items.map(({ metadata }) => metadata.uid).sort();

describe('a fork of a running cluster', () => {
  let parent: TestCluster;
  const forks: TestCluster[] = [];
  const fork = async (...args: Parameters<TestCluster['fork']>): Promise<TestCluster> => {
    const made = await parent.fork(...args);
    forks.push(made);
    return made;
  };

  beforeEach(async () => {
    parent = await cluster(standard);
    await parent.apply(web);
    await parent.eventually('the pods are ready', async () => (await ready(parent)) === 3);
  });
  afterEach(async () => {
    const all = [...forks.splice(0), parent];
    await Promise.all(all.map((one) => one.close()));
    expect(all.map(({ clock }) => clock.pending)).toEqual(all.map(() => 0));
  });

  it('carries state, time and running containers, and shares nothing that comes after', async () => {
    const at = parent.clock.now();
    const before = await uids(parent);
    const other = await fork();
    expect(other.clock.now()).toBe(at);
    await scale(other, 5);
    await other.eventually('five are ready', async () => (await ready(other)) === 5);
    expect(await ready(parent)).toBe(3);
    expect(parent.clock.now()).toBe(at);
    expect(await uids(parent)).toEqual(before);
    // The pods of before run on: nothing restarted them.
    const pods = (await other.api.list(Pod, { namespace: 'shop' })).items;
    expect(before.every((uid) => pods.some(({ metadata }) => metadata.uid === uid))).toBe(true);
    expect(pods.flatMap(({ status }) => status?.containerStatuses ?? []).map(({ restartCount }) => restartCount)).toEqual([0, 0, 0, 0, 0]);
    await other.advance('20m');
    expect(await faultsOfEndState(other)).toEqual([]);
  });

  it('goes on with leases that had time left: events go when they would have', async () => {
    const forkedAt = new Date(parent.clock.now() + 1_800_000).toISOString();
    const events = async (test: TestCluster) => (await test.api.list(Event)).items.filter(({ metadata }) => metadata.creationTimestamp! < forkedAt).length;
    await parent.advance('30m');
    expect(await events(parent)).toBeGreaterThan(0);
    const other = await fork();
    await other.advance('25m');
    expect(await events(other)).toBeGreaterThan(0);
    await other.advance('10m');
    expect(await events(other)).toBe(0);
    expect(await events(parent)).toBeGreaterThan(0);
  });

  it('draws other names than its parent did, the same as another fork of the same moment, and what its seed says', async () => {
    const [one, same, seeded] = [await fork(), await fork(), await fork({ seed: 'else' })];
    const draw = async (test: TestCluster) => (await test.api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'drawn', namespace: 'default' } } as ConfigMap)).metadata.uid;
    const drawn = [await draw(one), await draw(same), await draw(seeded)];
    expect(drawn[0]).toBe(drawn[1]);
    expect(drawn[2]).not.toBe(drawn[0]);
    expect(parent.log.text()).not.toContain(drawn[0]!);
  });

  it('costs nothing before it is used, and can be forked itself', async () => {
    const many = await Promise.all(Array.from({ length: 100 }, () => fork()));
    expect(() => many[0]!.cluster).toThrow('the fork has not started');
    const grandchild = await many[50]!.fork();
    forks.push(grandchild);
    await scale(grandchild, 1);
    await grandchild.eventually('one is ready', async () => (await ready(grandchild)) === 1 && (await uids(grandchild)).length === 1);
    expect(await ready(many[50]!)).toBe(3);
  });

  it.each([1, 2, 3, 4, 5])('of a crash at write %i holds that write, nothing after it, and takes up the work in flight', async (count) => {
    const crash = parent.crashAtWrite(count);
    await scale(parent, 6);
    await parent.advance('10s');
    const other = await crash;
    forks.push(other);
    expect((await other.api.get(Deployment, ref))?.spec.replicas).toBe(6);
    await other.eventually('six are ready', async () => (await ready(other)) === 6);
    await other.advance('20m');
    expect(await faultsOfEndState(other)).toEqual([]);
  });
});
