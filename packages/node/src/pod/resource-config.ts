import { parseQuantity } from '@keelson/api/quantity';
import type { Container, Pod, ResourceRequirements } from '@keelson/api/core/v1';
import type { ResourceConfig } from '@keelson/sdk/runtime';
import { qosClass } from '../status/qos-class.ts';

/** Upstream's bounds of the kernel's settings. */
const period = 100_000;
const least = { shares: 2, quota: 1000 };
const mostShares = 262_144;

/** The limits of one container in the kernel's terms. `nodeMemory` in bytes. */
export function containerResources(pod: Pod, { resources }: Container, nodeMemory: number): ResourceConfig {
  const request = milliCpu(resources?.requests?.['cpu'] ?? resources?.limits?.['cpu']);
  const limit = milliCpu(resources?.limits?.['cpu']);
  const memory = bytes(resources?.limits?.['memory']);
  return {
    cpuShares: shares(request),
    ...(limit === 0 ? {} : { cpuPeriod: period, cpuQuota: quota(limit) }),
    ...(memory === 0 ? {} : { memoryLimitBytes: memory }),
    oomScoreAdj: oomScoreAdj(pod, resources, nodeMemory),
  };
}

/** The limits of the pod's cgroup: of all its containers together; a limit only if each of them has one. */
export function podResources({ spec }: Pod): ResourceConfig {
  const of = (kind: 'requests' | 'limits', name: string, amount: (text: string | undefined) => number): number => {
    const one = ({ resources }: Container): number => amount(resources?.[kind]?.[name] ?? (kind === 'requests' ? resources?.limits?.[name] : undefined));
    const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always').reduce((sum, container) => sum + one(container), 0);
    const apps = spec.containers.reduce((sum, container) => sum + one(container), 0);
    return Math.max(apps + sidecars, ...(spec.initContainers ?? []).map(one));
  };
  const limited = (name: string): boolean => [...spec.containers, ...(spec.initContainers ?? [])].every(({ resources }) => resources?.limits?.[name] !== undefined);
  return {
    cpuShares: shares(of('requests', 'cpu', milliCpu)),
    ...(limited('cpu') ? { cpuPeriod: period, cpuQuota: quota(of('limits', 'cpu', milliCpu)) } : {}),
    ...(limited('memory') ? { memoryLimitBytes: of('limits', 'memory', bytes) } : {}),
  };
}

/** Who is killed first when memory runs out: upstream's formula. */
function oomScoreAdj(pod: Pod, resources: ResourceRequirements | undefined, nodeMemory: number): number {
  if ((pod.spec.priority ?? 0) >= 2_000_000_000) return -997;
  const qos = qosClass(pod);
  if (qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1000;
  const request = bytes(resources?.requests?.['memory'] ?? resources?.limits?.['memory']);
  const score = nodeMemory === 0 ? 1000 : 1000 - Math.floor((1000 * request) / nodeMemory);
  return Math.min(999, Math.max(3, score));
}

function shares(milli: number): number {
  return Math.min(mostShares, Math.max(least.shares, Math.floor((milli * 1024) / 1000)));
}

function quota(milli: number): number {
  return Math.max(least.quota, Math.floor((milli * period) / 1000));
}

/** Rounded up; 0 for none. */
export function milliCpu(text: string | undefined): number {
  return text === undefined ? 0 : Number((parseQuantity(text).nano + 999_999n) / 1_000_000n);
}

/** Rounded up; 0 for none. */
export function bytes(text: string | undefined): number {
  return text === undefined ? 0 : Number((parseQuantity(text).nano + 999_999_999n) / 1_000_000_000n);
}
