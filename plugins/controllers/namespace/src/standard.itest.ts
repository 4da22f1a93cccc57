import { Deployment } from '@keelson/api/apps/v1';
import { ConfigMap, Namespace, Node, Pod, ServiceAccount } from '@keelson/api/core/v1';
import { EndpointSlice } from '@keelson/api/discovery/v1';
import { standard } from '@keelson/distro/presets';
import { cluster, type TestCluster } from '@keelson/testing';

const team = `
apiVersion: v1
kind: Namespace
metadata: { name: team }
---
apiVersion: v1
kind: Pod
metadata: { name: early, namespace: team }
spec: { containers: [{ name: c, image: example.org/c:1 }] }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: team }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: example.org/web:1, ports: [{ name: http, containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: team }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: http }] }
`;

describe('namespaces in the standard distribution', () => {
  let test: TestCluster;
  afterEach(() => test.close());

  const running = async (count: number) => (await test.api.list(Pod, { namespace: 'team' })).items.filter(({ status }) => status?.phase === 'Running').length === count;
  const readyEndpoints = async () =>
    (await test.api.list(EndpointSlice, { namespace: 'team' })).items.flatMap(({ endpoints = [] }) => endpoints.filter(({ conditions }) => conditions?.ready === true)).length;

  it('is usable at once and leaves nothing behind', async () => {
    test = await cluster(standard);
    await test.apply(team);
    await test.eventually('all pods run', () => running(4), '1m');
    await test.eventually('the service leads to the three ready pods', async () => (await readyEndpoints()) === 3, '1m');
    expect((await test.api.list(ConfigMap, { namespace: 'team' })).items.map(({ metadata }) => metadata.name)).toEqual(['kube-root-ca.crt']);
    await test.api.delete({ kind: Namespace, ref: { name: 'team' } });
    await test.eventually('the namespace is gone', async () => (await test.api.get(Namespace, { name: 'team' })) === undefined, '2m');
    for (const kind of [Deployment, Pod, ServiceAccount, ConfigMap, EndpointSlice]) {
      expect((await test.api.list(kind as typeof Pod, { namespace: 'team' })).items).toEqual([]);
    }
  });

  it('a deployment takes its pods along, and the trace says why', async () => {
    test = await cluster(standard);
    await test.apply(team);
    await test.eventually('all pods run', () => running(4), '1m');
    await test.api.delete({ kind: Deployment, ref: { namespace: 'team', name: 'web' } });
    await test.eventually('only the bare pod is left', async () => (await test.api.list(Pod, { namespace: 'team' })).items.length === 1, '2m');
    expect(await readyEndpoints()).toBe(0);
    test.trace.expectPath(['reconcile garbage-collector', 'store delete replicasets', 'publish replicasets', 'reconcile garbage-collector', 'publish pods']);
    await test.advance('10m');
    expect((await test.api.list(Node)).items.every(({ spec }) => (spec.taints ?? []).length === 0)).toBe(true);
  });
});
