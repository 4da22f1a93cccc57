import { formatTime } from '@keelson/api/time';
import type { UsageStats } from '@keelson/sdk/runtime';

/** One container with what it uses. */
export interface ContainerUsage {
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
  readonly stats: UsageStats;
}

/** What a whole node uses. */
export interface NodeUsage {
  readonly name: string;
  readonly stats: UsageStats;
}

/** `/stats/summary`, the parts that clients read. */
export function statsSummary(node: NodeUsage, containers: readonly ContainerUsage[]): object {
  const pods = new Map<string, ContainerUsage[]>();
  for (const each of containers) pods.set(each.uid, [...(pods.get(each.uid) ?? []), each]);
  return {
    node: { nodeName: node.name, ...usage(node.stats) },
    pods: [...pods.values()].map((members) => ({
      podRef: { name: members[0]!.pod, namespace: members[0]!.namespace, uid: members[0]!.uid },
      containers: members.map(({ container, stats }) => ({ name: container, ...usage(stats) })),
      ...usage(sum(members.map(({ stats }) => stats))),
    })),
  };
}

/** `/metrics/resource` in the text format of Prometheus; what a metrics server collects. */
export function resourceMetrics(node: NodeUsage, containers: readonly ContainerUsage[]): string {
  const line = (name: string, labels: Readonly<Record<string, string>>, value: number, at: number): string => {
    const text = Object.entries(labels).map(([key, held]) => `${key}=${JSON.stringify(held)}`).join(',');
    return `${name}${text === '' ? '' : `{${text}}`} ${value} ${at}`;
  };
  const labels = ({ namespace, pod, container }: ContainerUsage): Readonly<Record<string, string>> => ({ container, namespace, pod });
  return [
    '# TYPE node_cpu_usage_seconds_total counter', line('node_cpu_usage_seconds_total', {}, node.stats.cpuNanos / 1e9, node.stats.at),
    '# TYPE node_memory_working_set_bytes gauge', line('node_memory_working_set_bytes', {}, node.stats.memoryWorkingSetBytes, node.stats.at),
    '# TYPE container_cpu_usage_seconds_total counter', ...containers.map((each) => line('container_cpu_usage_seconds_total', labels(each), each.stats.cpuNanos / 1e9, each.stats.at)),
    '# TYPE container_memory_working_set_bytes gauge', ...containers.map((each) => line('container_memory_working_set_bytes', labels(each), each.stats.memoryWorkingSetBytes, each.stats.at)),
    '',
  ].join('\n');
}

export function sum(all: readonly UsageStats[]): UsageStats {
  return {
    at: Math.max(0, ...all.map(({ at }) => at)),
    cpuNanos: all.reduce((total, { cpuNanos }) => total + cpuNanos, 0),
    memoryWorkingSetBytes: all.reduce((total, { memoryWorkingSetBytes }) => total + memoryWorkingSetBytes, 0),
  };
}

function usage({ at, cpuNanos, memoryWorkingSetBytes, memoryRssBytes }: UsageStats): object {
  const time = formatTime(at);
  return { cpu: { time, usageCoreNanoSeconds: cpuNanos }, memory: { time, workingSetBytes: memoryWorkingSetBytes, ...(memoryRssBytes === undefined ? {} : { rssBytes: memoryRssBytes }) } };
}
