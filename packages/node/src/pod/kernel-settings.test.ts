import type { Container, Pod, PodSpec } from '@keelson/api/core/v1';
import { rejection } from './admit-pod.ts';
import { containerResources, podResources } from './resource-config.ts';
import { portMappings } from './sandbox-config.ts';
import { containerSecurity, sandboxSecurity } from './security-config.ts';

const container = (more: Partial<Container> = {}): Container => ({ name: 'main', image: 'i', ...more });
const pod = (spec: Partial<PodSpec>): Pod =>
  ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'default', uid: 'u' }, spec: { containers: [container()], ...spec } }) as unknown as Pod;
const sized = (cpu: string | undefined, memory: string | undefined, limits?: Record<string, string>): Container =>
  container({ resources: { requests: { ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }, ...(limits === undefined ? {} : { limits }) } });
const gibi = 1024 ** 3;

describe('resources', () => {
  it.each<[string, Container, object]>([
    ['none', container(), { cpuShares: 2, oomScoreAdj: 1000 }],
    ['requests', sized('250m', '1Gi'), { cpuShares: 256, oomScoreAdj: 750 }],
    ['a tiny limit', sized('1m', undefined, { cpu: '1m' }), { cpuShares: 2, cpuPeriod: 100_000, cpuQuota: 1000, oomScoreAdj: 999 }],
    ['all that the node has', sized(undefined, '4Gi'), { cpuShares: 2, oomScoreAdj: 3 }],
    ['limits as requests', sized('2', '1Gi', { cpu: '2', memory: '1Gi' }), { cpuShares: 2048, cpuPeriod: 100_000, cpuQuota: 200_000, memoryLimitBytes: gibi, oomScoreAdj: -997 }],
  ])('of a container with %s', (_, one, expected) => {
    expect(containerResources(pod({ containers: [one] }), one, 4 * gibi)).toEqual(expected);
  });

  it('of a pod are those of all that run at once, limited only if each is', () => {
    const all = sized('1', '1Gi', { cpu: '1', memory: '1Gi' });
    expect(podResources(pod({ containers: [all, all] }))).toEqual({ cpuShares: 2048, cpuPeriod: 100_000, cpuQuota: 200_000, memoryLimitBytes: 2 * gibi });
    expect(podResources(pod({ containers: [all, container()], initContainers: [sized('4', undefined)] }))).toEqual({ cpuShares: 4096 });
  });
});

describe('privileges', () => {
  const image = { id: 'i', names: [], sizeBytes: 1 };

  it('of a container go before those of its pod', () => {
    const one = container({ securityContext: { runAsUser: 5, capabilities: { drop: ['ALL'] }, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true } });
    const of = pod({ containers: [one], securityContext: { runAsUser: 1, runAsGroup: 2, fsGroup: 3, supplementalGroups: [4], seccompProfile: { type: 'RuntimeDefault' } } });
    expect(containerSecurity(of, one, image, true)).toEqual({
      runAsUser: 5, runAsGroup: 2, supplementalGroups: [3, 4], readOnlyRootFilesystem: true, noNewPrivileges: true, dropCapabilities: ['ALL'], seccomp: { type: 'runtime-default' },
    });
    expect(sandboxSecurity(of)).toEqual({ runAsUser: 1, runAsGroup: 2, supplementalGroups: [3, 4], seccomp: { type: 'runtime-default' } });
  });

  it('of a privileged container lift every restriction', () => {
    const one = container({ securityContext: { privileged: true, seccompProfile: { type: 'Localhost', localhostProfile: 'a.json' } } });
    expect(containerSecurity(pod({ containers: [one] }), one, image, true)).toEqual({ privileged: true, seccomp: { type: 'unconfined' }, maskedPaths: 'unmasked' });
    expect(sandboxSecurity(pod({ containers: [one] }))).toEqual({ privileged: true });
  });

  const where = '(pod: "web_default(u)", container: main)';
  it.each<[string, number | undefined, object, boolean, string | undefined]>([
    ['a user of its own', 7, {}, true, undefined],
    ['root', 0, {}, true, `container's runAsUser breaks non-root policy ${where}`],
    ['an image without user', undefined, {}, true, `container has runAsNonRoot and image will run as root ${where}`],
    ['an image for root', undefined, { uid: 0 }, false, `container has runAsNonRoot and image will run as root ${where}`],
    ['an image for a named user', undefined, { username: 'web' }, true, `container has runAsNonRoot and image has non-numeric user (web), cannot verify user is non-root ${where}`],
    ['an image for another user', undefined, { uid: 9 }, true, undefined],
    ['a simulation', undefined, {}, false, undefined],
  ])('with runAsNonRoot, %s', (_, runAsUser, user, mounts, message) => {
    const one = container({ securityContext: { runAsNonRoot: true, ...(runAsUser === undefined ? {} : { runAsUser }) } });
    const check = (): unknown => containerSecurity(pod({ containers: [one] }), one, { ...image, ...user }, mounts);
    if (message === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(message);
  });

  it('and ports of the host are those of all containers, unless the pod has them anyway', () => {
    const ports = [{ containerPort: 80, hostPort: 8080 }, { containerPort: 53, hostPort: 53, protocol: 'UDP', hostIP: '192.0.2.1' }, { containerPort: 9 }];
    expect(portMappings(pod({ containers: [container({ ports })] }))).toEqual([
      { protocol: 'TCP', containerPort: 80, hostPort: 8080 }, { protocol: 'UDP', containerPort: 53, hostPort: 53, hostIp: '192.0.2.1' },
    ]);
    expect(portMappings(pod({ hostNetwork: true, containers: [container({ ports })] }))).toEqual([]);
  });
});

describe('a node takes a pod', () => {
  const node = { name: 'n', labels: { disk: 'ssd', cores: '8' }, allocatable: { cpu: '2', memory: '1Gi', pods: '2' }, pods: [pod({ containers: [sized('1500m', undefined)] })] };
  const said = (spec: Partial<PodSpec>) => rejection(pod(spec), node);

  it('that fits', () => {
    expect(said({ containers: [sized('500m', '1Gi')], nodeSelector: { disk: 'ssd' } })).toBeUndefined();
  });

  it.each<[Partial<PodSpec>, string, string]>([
    [{ containers: [sized('501m', undefined)] }, 'OutOfcpu', "Node didn't have enough resource: cpu, requested: 501, used: 1500, capacity: 2000"],
    [{ containers: [sized(undefined, '2Gi')] }, 'OutOfmemory', `Node didn't have enough resource: memory, requested: ${2 * gibi}, used: 0, capacity: ${gibi}`],
    [{ initContainers: [sized('1', undefined)] }, 'OutOfcpu', "Node didn't have enough resource: cpu, requested: 1000, used: 1500, capacity: 2000"],
    [{ nodeSelector: { disk: 'hdd' } }, 'NodeAffinity', "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"],
    [{ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{}, { matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['8'] }] }] } } } }, 'NodeAffinity', "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"],
  ])('but not %j', (spec, reason, message) => {
    expect(said(spec)).toEqual({ reason, message });
  });

  it('as long as it has room for one more', () => {
    expect(rejection(pod({}), { ...node, pods: [pod({}), pod({})] })).toEqual({ reason: 'OutOfpods', message: "Node didn't have enough resource: pods, requested: 1, used: 2, capacity: 2" });
  });
});
