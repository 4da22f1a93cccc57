import { Deployment, DaemonSet } from '../apps/v1/index.ts';
import { HorizontalPodAutoscaler } from '../autoscaling/v2/index.ts';
import { CronJob, Job } from '../batch/v1/index.ts';
import { Endpoints, Event, LimitRange, Node, PersistentVolumeClaim, Pod, Service } from '../core/v1/index.ts';
import type { Kind } from '../kind.ts';
import { builtinKinds } from '../kinds.ts';
import { Ingress } from '../networking/v1/index.ts';
import { ClusterRoleBinding } from '../rbac/v1/index.ts';
import { StorageClass } from '../storage/v1/index.ts';
import { humanDuration } from '../time/index.ts';
import { printerOf } from './index.ts';

const now = Date.parse('2026-01-01T12:00:00Z');
const at = (hours: number): string => new Date(now - hours * 3_600_000).toISOString().replace('.000', '');

/** Cells by column name. */
function printed(kind: Kind, object: object): Record<string, unknown> {
  const { columns, row } = printerOf(kind);
  const { metadata, ...rest } = object as { metadata?: object };
  const cells = row({ metadata: { name: 'x', creationTimestamp: at(5), ...metadata }, ...rest }, now);
  return Object.fromEntries(columns.map(({ name }, index) => [name, cells[index]]));
}

const running = { state: { running: {} }, ready: true, restartCount: 0 };
const pod = (status: object, spec: object = {}) => ({ spec: { containers: [{ name: 'a' }], ...spec }, status });

describe('pods', () => {
  it.each<[string, object, object]>([
    ['running', pod({ phase: 'Running', containerStatuses: [{ name: 'a', ...running }] }), { Ready: '1/1', Status: 'Running', Restarts: '0', Age: '5h' }],
    ['pending', pod({ phase: 'Pending' }), { Ready: '0/1', Status: 'Pending', IP: '<none>', Node: '<none>', 'Readiness Gates': '<none>' }],
    ['creating', pod({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] }), { Status: 'ContainerCreating' }],
    [
      'crashing',
      pod({ phase: 'Running', containerStatuses: [{ restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1, finishedAt: at(5 / 60) } } }] }),
      { Ready: '0/1', Status: 'CrashLoopBackOff', Restarts: '3 (5m ago)' },
    ],
    ['completed', pod({ phase: 'Succeeded', containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }] }), { Ready: '0/1', Status: 'Completed' }],
    ['failed without reason', pod({ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 3 } } }] }), { Status: 'ExitCode:3' }],
    ['killed', pod({ phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 137, signal: 9 } } }] }), { Status: 'Signal:9' }],
    ['evicted', pod({ phase: 'Failed', reason: 'Evicted' }), { Status: 'Evicted' }],
    ['gated', pod({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] }), { Status: 'SchedulingGated' }],
    ['initializing', pod({ phase: 'Pending', initContainerStatuses: [{ name: 'i', state: { running: {} } }, { name: 'j' }] }, { initContainers: [{ name: 'i' }, { name: 'j' }] }), { Status: 'Init:0/2' }],
    ['init failed', pod({ phase: 'Pending', initContainerStatuses: [{ name: 'i', state: { terminated: { exitCode: 1, reason: 'Error' } } }] }, { initContainers: [{ name: 'i' }] }), { Status: 'Init:Error' }],
    [
      'sidecar',
      pod(
        { phase: 'Running', initContainerStatuses: [{ name: 's', started: true, ...running, restartCount: 1 }], containerStatuses: [{ name: 'a', ...running }] },
        { initContainers: [{ name: 's', restartPolicy: 'Always' }] },
      ),
      { Ready: '2/2', Status: 'Running', Restarts: '1' },
    ],
    [
      'one of two done',
      pod({ phase: 'Running', conditions: [{ type: 'Ready', status: 'False' }], containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }, running] }),
      { Ready: '1/1', Status: 'NotReady' },
    ],
    ['terminating', { metadata: { deletionTimestamp: at(0) }, ...pod({ phase: 'Running', containerStatuses: [running] }) }, { Status: 'Terminating' }],
    ['gone but finished', { metadata: { deletionTimestamp: at(0) }, ...pod({ phase: 'Succeeded' }) }, { Status: 'Succeeded' }],
    ['lost', { metadata: { deletionTimestamp: at(0) }, ...pod({ phase: 'Running', reason: 'NodeLost' }) }, { Status: 'Unknown' }],
  ])('%s', (_, object, expected) => {
    expect(printed(Pod, object)).toMatchObject(expected);
  });
});

describe('other kinds', () => {
  it.each<[Kind, object, object]>([
    [
      Deployment,
      { spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template: { spec: { containers: [{ name: 'a', image: 'i' }, { name: 'b', image: 'j' }] } } }, status: { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 } },
      { Name: 'x', Ready: '2/3', 'Up-to-date': 3, Available: 1, Containers: 'a,b', Images: 'i,j', Selector: 'app=web' },
    ],
    [DaemonSet, { spec: { template: { spec: { nodeSelector: { a: 'b' } } } }, status: { desiredNumberScheduled: 2 } }, { Desired: 2, Ready: 0, 'Node Selector': 'a=b', Selector: '<none>' }],
    [Job, { spec: { completions: 2 }, status: { succeeded: 1, startTime: at(1), conditions: [{ type: 'Suspended', status: 'True' }] } }, { Status: 'Suspended', Completions: '1/2', Duration: '60m' }],
    [Job, { spec: { parallelism: 3 }, status: { startTime: at(2), completionTime: at(1), conditions: [{ type: 'Complete', status: 'True' }] } }, { Status: 'Complete', Completions: '0/1 of 3', Duration: '60m' }],
    [CronJob, { spec: { schedule: '* * * * *', suspend: false } }, { Schedule: '* * * * *', Timezone: '<none>', Suspend: 'False', Active: 0, 'Last Schedule': '<none>' }],
    [Service, { spec: { type: 'NodePort', clusterIP: '10.0.0.1', ports: [{ port: 80, nodePort: 30080, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }] } }, { 'Port(s)': '80:30080/TCP,53/UDP', 'External-IP': '<none>', Selector: '<none>' }],
    [Service, { spec: { type: 'LoadBalancer' } }, { 'External-IP': '<pending>', 'Port(s)': '<none>' }],
    [Service, { spec: { type: 'ExternalName', externalName: 'example.org' } }, { 'Cluster-IP': '<none>', 'External-IP': 'example.org' }],
    [Endpoints, { subsets: [{ addresses: ['1', '2', '3', '4', '5'].map((last) => ({ ip: `10.0.0.${last}` })), ports: [{ port: 80 }] }] }, { Endpoints: '10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...' }],
    [Endpoints, {}, { Endpoints: '<none>' }],
    [
      Node,
      { metadata: { labels: { 'node-role.kubernetes.io/control-plane': '' } }, spec: { unschedulable: true }, status: { conditions: [{ type: 'Ready', status: 'True' }], nodeInfo: { kubeletVersion: 'v1.36.0' }, addresses: [{ type: 'InternalIP', address: '10.0.0.9' }] } },
      { Status: 'Ready,SchedulingDisabled', Roles: 'control-plane', Version: 'v1.36.0', 'Internal-IP': '10.0.0.9', 'External-IP': '<none>', 'OS-Image': '<unknown>' },
    ],
    [Node, {}, { Status: 'Unknown', Roles: '<none>' }],
    [Ingress, { spec: { rules: [{ host: 'a' }, {}], tls: [{}] } }, { Class: '<none>', Hosts: 'a', Address: '', Ports: '80, 443' }],
    [Ingress, { spec: {} }, { Hosts: '*', Ports: '80' }],
    [Event, { type: 'Normal', reason: 'Pulled', involvedObject: { kind: 'Pod', name: 'p' }, message: ' done\n', firstTimestamp: at(2), lastTimestamp: at(1), count: 3, source: { component: 'kubelet', host: 'n' } }, { 'Last Seen': '60m', 'First Seen': '120m', Object: 'pod/p', Message: 'done', Source: 'kubelet, n', Count: 3 }],
    [PersistentVolumeClaim, { spec: { volumeName: 'pv' }, status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteMany', 'ReadWriteOnce'] } }, { Status: 'Bound', Volume: 'pv', Capacity: '1Gi', 'Access Modes': 'RWO,RWX', VolumeMode: '<unset>' }],
    [StorageClass, { metadata: { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }, provisioner: 'p' }, { Name: 'x (default)', ReclaimPolicy: 'Delete', AllowVolumeExpansion: false }],
    [ClusterRoleBinding, { roleRef: { kind: 'ClusterRole', name: 'admin' }, subjects: [{ kind: 'User', name: 'u' }, { kind: 'ServiceAccount', name: 's', namespace: 'n' }] }, { Role: 'ClusterRole/admin', Users: 'u', ServiceAccounts: 'n/s' }],
    [
      HorizontalPodAutoscaler,
      { spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 5, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }] } },
      { Reference: 'Deployment/web', Targets: 'cpu: <unknown>/80%', MinPods: '<unset>', MaxPods: 5, Replicas: 0 },
    ],
    [LimitRange, {}, { Name: 'x', 'Created At': at(5) }],
  ])('%#', (kind, object, expected) => {
    expect(printed(kind, object)).toMatchObject(expected);
  });

  it('gives every kind as many cells as columns, even for an object that holds nothing', () => {
    for (const kind of builtinKinds()) {
      const { columns, row } = printerOf(kind);
      expect(columns[0]?.priority).toBe(0);
      expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
      expect(row({ metadata: {} }, now).filter((cell) => cell !== undefined)).toHaveLength(columns.length);
    }
  });
});

it.each([
  [-500, '0s'], [0, '0s'], [119_000, '119s'], [120_000, '2m'], [150_000, '2m30s'], [600_000, '10m'], [3 * 3_600_000 + 300_000, '3h5m'], [8 * 3_600_000, '8h'],
  [49 * 3_600_000, '2d1h'], [8 * 86_400_000, '8d'], [(2 * 365 + 10) * 86_400_000, '2y10d'], [9 * 365 * 86_400_000, '9y'],
])('%d ms is %s', (milliseconds, text) => {
  expect(humanDuration(milliseconds)).toBe(text);
});
