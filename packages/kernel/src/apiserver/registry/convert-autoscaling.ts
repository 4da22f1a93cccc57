import type { MutableObject } from '../request.ts';

type Fields = Record<string, unknown>;

const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';
const statusMetricsAnnotation = 'autoscaling.alpha.kubernetes.io/current-metrics';

interface Metric {
  readonly type?: string;
  readonly resource?: { readonly name?: string; readonly target?: { readonly averageUtilization?: number }; readonly current?: { readonly averageUtilization?: number } };
}

const isCpu = (metric: Metric): boolean => metric.type === 'Resource' && metric.resource?.name === 'cpu';

/**
 * autoscaling/v1 knows one CPU target only; what else a v2 object holds travels in annotations, so that a v1 client's
 * read-modify-write loses nothing (as upstream's conversion does).
 */
export const autoscalingV1 = {
  toStorage(object: MutableObject): MutableObject {
    const spec = { ...(object['spec'] as Fields) };
    const status = object['status'] === undefined ? undefined : { ...(object['status'] as Fields) };
    const annotations = { ...(object.metadata.annotations as Record<string, string> | undefined) };
    const target = spec['targetCPUUtilizationPercentage'] as number | undefined;
    delete spec['targetCPUUtilizationPercentage'];
    const others = parse(annotations[metricsAnnotation]) as Metric[] | undefined;
    const cpu = target === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } } }];
    const metrics = [...cpu, ...(others ?? [])];
    if (metrics.length > 0) spec['metrics'] = metrics;
    const behavior = parse(annotations[behaviorAnnotation]);
    if (behavior !== undefined) spec['behavior'] = behavior;
    if (status !== undefined) {
      const current = status['currentCPUUtilizationPercentage'] as number | undefined;
      delete status['currentCPUUtilizationPercentage'];
      const rest = (parse(annotations[statusMetricsAnnotation]) as Metric[] | undefined) ?? [];
      if (current !== undefined || rest.length > 0) {
        status['currentMetrics'] = [
          ...(current === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: current } } }]),
          ...rest,
        ];
      }
    }
    for (const name of [metricsAnnotation, behaviorAnnotation, statusMetricsAnnotation]) delete annotations[name];
    return build(object, 'autoscaling/v2', annotations, spec, status);
  },

  fromStorage(object: MutableObject): MutableObject {
    const spec = { ...(object['spec'] as Fields) };
    const status = object['status'] === undefined ? undefined : { ...(object['status'] as Fields) };
    const annotations = { ...(object.metadata.annotations as Record<string, string> | undefined) };
    const metrics = (spec['metrics'] as Metric[] | undefined) ?? [];
    const cpu = metrics.find((metric) => isCpu(metric) && metric.resource?.target?.averageUtilization !== undefined);
    if (cpu !== undefined) spec['targetCPUUtilizationPercentage'] = cpu.resource!.target!.averageUtilization;
    const others = metrics.filter((metric) => metric !== cpu);
    if (others.length > 0) annotations[metricsAnnotation] = JSON.stringify(others);
    if (spec['behavior'] !== undefined) annotations[behaviorAnnotation] = JSON.stringify(spec['behavior']);
    delete spec['metrics'];
    delete spec['behavior'];
    if (status !== undefined) {
      const current = (status['currentMetrics'] as Metric[] | null | undefined) ?? [];
      const currentCpu = current.find((metric) => isCpu(metric) && metric.resource?.current?.averageUtilization !== undefined);
      if (currentCpu !== undefined) status['currentCPUUtilizationPercentage'] = currentCpu.resource!.current!.averageUtilization;
      const rest = current.filter((metric) => metric !== currentCpu);
      if (rest.length > 0) annotations[statusMetricsAnnotation] = JSON.stringify(rest);
      delete status['currentMetrics'];
      delete status['conditions'];
    }
    return build(object, 'autoscaling/v1', annotations, spec, status);
  },
};

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // written by hand and broken: as good as absent
  }
}

function build(object: MutableObject, apiVersion: string, annotations: Record<string, string>, spec: Fields, status: Fields | undefined): MutableObject {
  const { annotations: _old, ...metadata } = object.metadata;
  return {
    ...object,
    apiVersion,
    metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations },
    spec,
    ...(status === undefined ? {} : { status }),
  } as MutableObject;
}
