import type { HorizontalPodAutoscaler as HorizontalPodAutoscalerV1, Scale } from '../autoscaling/v1/index.ts';
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from '../autoscaling/v2/index.ts';
import { orUnset } from './format.ts';
import { age, ageColumn, column, nameColumn, nameOf, type Column, type Printer } from './table.ts';

const columns: readonly Column[] = [
  nameColumn, column('Reference', 'what it scales'), column('Targets', 'measured and wanted values'), column('MinPods', 'fewest pods'),
  column('MaxPods', 'most pods', 'integer'), column('Replicas', 'pods now', 'integer'), ageColumn,
];

/** HorizontalPodAutoscalers of autoscaling/v2. */
export const horizontalPodAutoscalerPrinter: Printer<HorizontalPodAutoscaler> = {
  columns,
  row: (object, now) => {
    const { spec, status } = object;
    return [
      nameOf(object), `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`, targets(spec?.metrics ?? [], status?.currentMetrics ?? []),
      orUnset(spec?.minReplicas), spec?.maxReplicas ?? 0, status?.currentReplicas ?? 0, age(object, now),
    ];
  },
};

/** Two metrics are shown; more would make the table too wide. */
const shown = 2;

function targets(specs: readonly MetricSpec[], statuses: readonly MetricStatus[]): string {
  if (specs.length === 0) return '<none>';
  const texts = specs.slice(0, shown).map((spec, index) => metricText(spec, statuses[index]));
  return specs.length > shown ? `${texts.join(', ')} + ${specs.length - shown} more...` : texts.join(', ');
}

function metricText(spec: MetricSpec, status: MetricStatus | undefined): string {
  const unknown = '<unknown>';
  switch (spec.type) {
    case 'Resource':
      return resourceText(spec.resource, status?.resource);
    case 'ContainerResource':
      return resourceText(spec.containerResource, status?.containerResource);
    case 'Pods':
      return `${status?.pods?.current?.averageValue ?? unknown}/${spec.pods?.target.averageValue ?? ''}`;
    case 'Object': {
      const { averageValue, value } = spec.object?.target ?? {};
      const current = status?.object?.current;
      return averageValue === undefined ? `${current?.value ?? unknown}/${value ?? ''}` : `${current?.averageValue ?? unknown}/${averageValue} (avg)`;
    }
    case 'External': {
      const { averageValue, value } = spec.external?.target ?? {};
      const current = status?.external?.current;
      return averageValue === undefined ? `${current?.value ?? unknown}/${value ?? ''}` : `${current?.averageValue ?? unknown}/${averageValue} (avg)`;
    }
    default:
      return '<unknown type>';
  }
}

type ResourceMetric = NonNullable<MetricSpec['resource']> | NonNullable<MetricSpec['containerResource']>;
type ResourceMetricStatus = NonNullable<MetricStatus['resource']> | NonNullable<MetricStatus['containerResource']>;

function resourceText(metric: ResourceMetric | undefined, status: ResourceMetricStatus | undefined): string {
  const name = metric?.name ?? '';
  if (metric?.target.averageValue !== undefined) return `${name}: ${status?.current.averageValue ?? '<unknown>'}/${metric.target.averageValue}`;
  const current = status?.current.averageUtilization;
  const wanted = metric?.target.averageUtilization;
  return `${name}: ${current === undefined ? '<unknown>' : `${current}%`}/${wanted === undefined ? '<auto>' : `${wanted}%`}`;
}

/** HorizontalPodAutoscalers of autoscaling/v1. */
export const horizontalPodAutoscalerV1Printer: Printer<HorizontalPodAutoscalerV1> = {
  columns,
  row: (object, now) => {
    const { spec, status } = object;
    const current = status?.currentCPUUtilizationPercentage;
    const wanted = spec?.targetCPUUtilizationPercentage;
    const text = wanted === undefined ? '<none>' : `cpu: ${current === undefined ? '<unknown>' : `${current}%`}/${wanted}%`;
    return [
      nameOf(object), `${spec?.scaleTargetRef?.kind ?? ''}/${spec?.scaleTargetRef?.name ?? ''}`, text, orUnset(spec?.minReplicas), spec?.maxReplicas ?? 0,
      status?.currentReplicas ?? 0, age(object, now),
    ];
  },
};

/** Scale subresources. */
export const scalePrinter: Printer<Scale> = {
  columns: [nameColumn, column('Desired', 'pods wanted', 'integer'), column('Available', 'pods that exist', 'integer'), ageColumn],
  row: (object, now) => [nameOf(object), object.spec?.replicas ?? 0, object.status?.replicas ?? 0, age(object, now)],
};
