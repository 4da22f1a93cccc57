import { once } from 'node:events';
import { request } from 'node:https';
import { Deployment } from '@keelson/api/apps/v1';
import { standard } from '@keelson/distro/presets';
import { memoryKeyFolder, openClusterPki } from '@keelson/kernel/apiserver';
import { VirtualClock, cluster, type TestCluster } from './index.ts';

const deployment = {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 2, selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'example.org/web:1' }] } },
  },
};
/** From what a user sends to a container, each step caused by the one before. */
const chain = [
  'admit namespace-lifecycle', 'store create deployments', 'reconcile deployment', 'store create replicasets', 'reconcile replicaset',
  'admit service-account', 'store create pods', 'schedule pod', 'bind', 'store update pods', 'sync pod', 'start container',
];
const ready = (test: TestCluster) => async () => (await test.api.get(Deployment, { namespace: 'default', name: 'web' }))?.status?.readyReplicas === 2;

describe('one apply on the standard distribution', () => {
  it('is one tree from the request to the container', async () => {
    const test = await cluster(standard);
    try {
      await test.api.create(deployment as never);
      await test.eventually('the pods are ready', ready(test));
      const path = test.trace.expectPath(['POST /apis/apps/v1/namespaces/{namespace}/deployments', ...chain], { kind: 'deployments', name: 'web' });
      expect(new Set(path.map(({ traceId }) => traceId)).size).toBe(1);
    } finally {
      await test.close();
    }
  });

  it('continues the trace of a client that speaks HTTPS', async () => {
    // TLS looks at the machine's clock, so the certificates must be made by it.
    const clock = new VirtualClock(Date.now());
    const pki = openClusterPki(memoryKeyFolder(), { clock });
    const test = await cluster(standard, { clock, serve: { pki } });
    try {
      const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
      const { certificate, privateKey } = await pki.client('admin', { name: 'admin', groups: ['system:masters'] });
      const sent = request(`${test.cluster.url}/apis/apps/v1/namespaces/default/deployments`, {
        method: 'POST', ca: await pki.authority(), cert: certificate, key: privateKey, agent: false,
        headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      });
      sent.end(JSON.stringify(deployment));
      const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
      answer.resume();
      await once(answer, 'end');
      expect(answer.statusCode).toBe(201);
      await test.eventually('the pods are ready', ready(test));
      const path = test.trace.expectPath(['POST /apis/apps/v1/namespaces/{namespace}/deployments', ...chain], { kind: 'deployments', name: 'web' });
      expect(path[0]).toMatchObject({ traceId, parentSpanId: '00f067aa0ba902b7' });
      expect(new Set(path.map((span) => span.traceId)).size).toBe(1);
    } finally {
      await test.close();
    }
    expect(clock.pending).toBe(0);
  });
});
