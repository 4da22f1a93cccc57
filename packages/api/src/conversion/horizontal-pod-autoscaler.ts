import type { HorizontalPodAutoscaler as AutoscalerV1 } from '../autoscaling/v1/index.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '../autoscaling/v2/index.ts';

const prefix = 'autoscaling.alpha.kubernetes.io/';

type V2Spec = HorizontalPodAutoscaler['spec'];

/** The stored form as autoscaling/v1 shows it: what v1 cannot say travels in annotations. */
export function autoscalerToV1(object: HorizontalPodAutoscaler): AutoscalerV1 {
  const { metrics = [], behavior, ...spec } = object.spec;
  const { currentMetrics = [], conditions, ...status } = object.status ?? { desiredReplicas: 0 };
  const cpu = metrics.find(isCpuUtilization)?.resource?.target.averageUtilization;
  const usage = currentMetrics?.find(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu')?.resource?.current.averageUtilization;
  const annotations = {
    ...object.metadata.annotations,
    ...carried('metrics', metrics.filter((metric) => !isCpuUtilization(metric))),
    ...carried('current-metrics', currentMetrics ?? []),
    ...carried('conditions', conditions ?? []),
    ...(behavior === undefined ? {} : { [`${prefix}behavior`]: JSON.stringify(behavior) }),
  };
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: { ...object.metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { ...spec, ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu }) },
    status: { ...status, currentReplicas: status.currentReplicas ?? 0, ...(usage === undefined ? {} : { currentCPUUtilizationPercentage: usage }) },
  };
}

/** An autoscaling/v1 object in the stored form. */
export function autoscalerFromV1(object: AutoscalerV1): HorizontalPodAutoscaler {
  const { targetCPUUtilizationPercentage: cpu, ...spec } = object.spec;
  const { currentCPUUtilizationPercentage: usage, ...status } = object.status ?? { currentReplicas: 0, desiredReplicas: 0 };
  const annotations = { ...object.metadata.annotations };
  const take = <T>(name: string): T | undefined => {
    const text = annotations[prefix + name];
    delete annotations[prefix + name];
    return text === undefined ? undefined : parse<T>(text);
  };
  const others = take<MetricSpec[]>('metrics') ?? [];
  const behavior = take<V2Spec['behavior']>('behavior');
  const conditions = take<NonNullable<HorizontalPodAutoscaler['status']>['conditions']>('conditions');
  const currentMetrics = take<MetricStatus[]>('current-metrics') ?? (usage === undefined ? [] : [cpuStatus(usage)]);
  const metrics: MetricSpec[] = [...(cpu === undefined ? [] : [cpuMetric(cpu)]), ...others];
  const { annotations: _, ...metadata } = object.metadata;
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { ...spec, ...(metrics.length > 0 ? { metrics } : {}), ...(behavior === undefined ? {} : { behavior }) },
    status: { ...status, ...(currentMetrics.length > 0 ? { currentMetrics } : {}), ...(conditions === undefined ? {} : { conditions }) },
  };
}

function isCpuUtilization({ type, resource }: MetricSpec): boolean {
  return type === 'Resource' && resource?.name === 'cpu' && resource.target.averageUtilization !== undefined;
}

function cpuMetric(averageUtilization: number): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } };
}

function cpuStatus(averageUtilization: number): MetricStatus {
  return { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } };
}

function carried(name: string, items: readonly unknown[]): Record<string, string> {
  return items.length === 0 ? {} : { [prefix + name]: JSON.stringify(items) };
}

/** Clients can write anything into annotations; what cannot be read is dropped, as upstream does. */
function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
