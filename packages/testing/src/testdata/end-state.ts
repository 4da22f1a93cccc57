import type { Kind, KubeObject } from '@keelson/api';
import { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { ConfigMap, Endpoints, Namespace, Node, Pod, Service, ServiceAccount } from '@keelson/api/core/v1';
import { EndpointSlice } from '@keelson/api/discovery/v1';
import type { TestCluster } from '../index.ts';

/** What is wrong with a cluster that has had time to come to rest; empty if nothing is. */
export async function faultsOfEndState(test: TestCluster): Promise<readonly string[]> {
  const list = async <T extends KubeObject>(kind: Kind<T>): Promise<readonly T[]> => (await test.api.list(kind)).items;
  const [namespaces, deployments, sets, pods, services, endpoints, slices, nodes, accounts, maps] = await Promise.all([
    list(Namespace), list(Deployment), list(ReplicaSet), list(Pod), list(Service), list(Endpoints), list(EndpointSlice), list(Node), list(ServiceAccount), list(ConfigMap),
  ]);
  const wrong: string[] = [];
  const check = (ok: boolean, what: () => string): void => {
    if (!ok) wrong.push(what());
  };
  const everything: readonly KubeObject[] = [...namespaces, ...deployments, ...sets, ...pods, ...services, ...endpoints, ...slices, ...nodes];
  const uids = new Set(everything.map(({ metadata }) => metadata.uid));
  const spaces = new Set(namespaces.map(({ metadata }) => metadata.name));
  const path = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name!}`;

  for (const object of everything) {
    check(object.metadata.deletionTimestamp === undefined, () => `${path(object)} is still terminating`);
    check(object.metadata.namespace === undefined || spaces.has(object.metadata.namespace), () => `${path(object)} is in a namespace that is gone`);
    for (const owner of object.metadata.ownerReferences ?? []) check(uids.has(owner.uid), () => `${path(object)} outlived its owner ${owner.kind} ${owner.name}`);
  }
  for (const { metadata: { name } } of namespaces) {
    check(accounts.some(({ metadata }) => metadata.namespace === name && metadata.name === 'default'), () => `namespace ${name} has no default service account`);
    check(maps.some(({ metadata }) => metadata.namespace === name && metadata.name === 'kube-root-ca.crt'), () => `namespace ${name} has no kube-root-ca.crt`);
  }
  for (const deployment of deployments) {
    const { spec, status, metadata } = deployment;
    const wanted = spec.replicas ?? 1;
    const counts = { observed: status?.observedGeneration, replicas: status?.replicas ?? 0, updated: status?.updatedReplicas ?? 0, ready: status?.readyReplicas ?? 0, available: status?.availableReplicas ?? 0 };
    const right = { observed: metadata.generation, replicas: wanted, updated: wanted, ready: wanted, available: wanted };
    check(JSON.stringify(counts) === JSON.stringify(right), () => `${path(deployment)} says ${JSON.stringify(counts)}, expected ${JSON.stringify(right)}`);
    const own = sets.filter(({ metadata: { ownerReferences } }) => ownerReferences?.some(({ uid }) => uid === metadata.uid));
    check(own.filter(({ spec: { replicas } }) => (replicas ?? 1) > 0).length <= 1, () => `${path(deployment)} has more than one replica set with pods`);
    check(own.length <= 11, () => `${path(deployment)} keeps ${own.length} replica sets`);
  }
  const alive = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  const isReady = (pod: Pod): boolean => pod.status?.phase === 'Running' && pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
  for (const set of sets) {
    const own = alive.filter(({ metadata: { ownerReferences } }) => ownerReferences?.some(({ uid, controller }) => uid === set.metadata.uid && controller === true));
    const counts = { pods: own.length, replicas: set.status?.replicas ?? 0, ready: set.status?.readyReplicas ?? 0 };
    const wanted = set.spec.replicas ?? 1;
    check(counts.pods === wanted && counts.replicas === wanted && counts.ready === wanted, () => `${path(set)} wants ${wanted}, has ${JSON.stringify(counts)}`);
  }
  const ips = new Map<string, string>();
  for (const pod of alive) {
    check(isReady(pod), () => `${path(pod)} is not ready: ${pod.status?.phase ?? 'no phase'} on ${pod.spec.nodeName ?? 'no node'}`);
    check(nodes.some(({ metadata }) => metadata.name === pod.spec.nodeName), () => `${path(pod)} is on node ${pod.spec.nodeName ?? '(none)'}, which is not there`);
    const ip = pod.status?.podIP ?? '';
    check(!ips.has(ip), () => `${path(pod)} and ${ips.get(ip)!} have the same address ${ip}`);
    ips.set(ip, path(pod));
  }
  for (const node of nodes) check(node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true && (node.spec?.taints ?? []).length === 0, () => `${path(node)} is not ready and untainted`);
  const sorted = (addresses: readonly (string | undefined)[]): string => JSON.stringify([...addresses].sort());
  for (const one of services) {
    const { namespace, name } = one.metadata;
    if (one.spec?.selector === undefined || Object.keys(one.spec.selector).length === 0) continue;
    const chosen = alive.filter((pod) => pod.metadata.namespace === namespace && Object.entries(one.spec!.selector!).every(([key, value]) => pod.metadata.labels?.[key] === value) && isReady(pod));
    const wanted = sorted(chosen.map(({ status }) => status?.podIP));
    const own = endpoints.find(({ metadata }) => metadata.namespace === namespace && metadata.name === name);
    const legacy = sorted((own?.subsets ?? []).flatMap(({ addresses = [] }) => addresses.map(({ ip }) => ip)));
    check(legacy === wanted, () => `${path(one)} has endpoints ${legacy}, expected ${wanted}`);
    const ofService = slices.filter(({ metadata }) => metadata.namespace === namespace && metadata.labels?.['kubernetes.io/service-name'] === name);
    const modern = sorted(ofService.flatMap((slice) => (slice.endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).flatMap(({ addresses }) => addresses)));
    check(modern === wanted, () => `${path(one)} has endpoints ${modern} in slices, expected ${wanted}`);
  }
  for (const one of [...endpoints, ...slices]) {
    const name = one.metadata.labels?.['kubernetes.io/service-name'] ?? one.metadata.name;
    check(services.some(({ metadata }) => metadata.namespace === one.metadata.namespace && metadata.name === name), () => `${path(one)} is left of a service that is gone`);
  }
  return wrong;
}

/** What was written (revision, verb, key) that is a sign of unrest: no lease renewal, no node status, no event that ends. */
export function restlessWrites(lines: readonly string[]): readonly string[] {
  return lines
    .filter((line) => !/^\d+ (put|delete) \/registry\/(coordination\.k8s\.io\/leases|nodes)\//.test(line) && !/^\d+ delete \/registry\/events\//.test(line))
    .map((line) => line.split(' ', 3).join(' '));
}
