import { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { Node, Pod } from '@keelson/api/core/v1';
import { standard } from '@keelson/distro/presets';
import { cluster, type TestCluster } from './index.ts';

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: example.org/web:1 }] }
`;

const ready = async (test: TestCluster, count: number): Promise<boolean> =>
  (await test.api.get(Deployment, { namespace: 'default', name: 'web' }))?.status?.readyReplicas === count;

describe('the standard distribution in virtual time', () => {
  let test: TestCluster;
  afterEach(async () => {
    await test.close();
  });

  it('brings a deployment up and explains it in one trace', async () => {
    test = await cluster(standard);
    await test.eventually('a node is ready', async () => (await test.api.list(Node)).items.some((node) => node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')));
    await test.apply(web);
    await test.eventually('three pods are ready', () => ready(test, 3));
    expect((await test.api.list(ReplicaSet, { namespace: 'default' })).items).toHaveLength(1);
    const pods = (await test.api.list(Pod, { namespace: 'default' })).items;
    expect(pods.map((pod) => pod.status?.phase)).toEqual(['Running', 'Running', 'Running']);
  });

  it('runs the same twice under one seed', async () => {
    const run = async () => {
      test = await cluster(standard, { seed: 'same' });
      await test.apply(web);
      await test.advance('2m');
      const text = test.log.text();
      await test.close();
      return text;
    };
    const first = await run();
    const second = await run();
    expect(first.split('\n').length).toBeGreaterThan(100);
    expect(second).toBe(first);
  });
});
