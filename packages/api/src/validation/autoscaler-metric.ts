import type { CrossVersionObjectReference, MetricIdentifier, MetricSpec, MetricTarget } from '../autoscaling/v2/index.ts';
import { checkPathSegment } from '../names/index.ts';
import { knownQuantity } from '../quantity/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkName, checkPositive, checkSelector } from './rules.ts';

/** An object that is scaled, or that a metric describes. */
export function checkTarget(target: CrossVersionObjectReference | undefined, field: string, causes: Causes): void {
  checkName(target?.kind, `${field}.kind`, checkPathSegment, causes);
  checkName(target?.name, `${field}.name`, checkPathSegment, causes);
}

const sources = { ContainerResource: 'containerResource', External: 'external', Object: 'object', Pods: 'pods', Resource: 'resource' } as const;

/** What a HorizontalPodAutoscaler looks at: the one source that its type names. */
export function checkMetric(metric: MetricSpec, field: string, causes: Causes): void {
  checkEnum(metric.type, `${field}.type`, Object.keys(sources), causes, true);
  const expected = sources[metric.type as keyof typeof sources] as (typeof sources)[keyof typeof sources] | undefined;
  if (expected === undefined) return;
  if (metric[expected] === undefined) causes.required(`${field}.${expected}`, 'must populate information for the given metric source');
  else checkSource(metric, `${field}.${expected}`, causes);
  for (const other of Object.values(sources)) {
    if (other !== expected && metric[other] !== undefined) causes.forbidden(`${field}.${other}`, 'must populate the given metric source only');
  }
}

function checkSource({ type, containerResource, external, object, pods, resource }: MetricSpec, field: string, causes: Causes): void {
  if (type === 'Object' && object !== undefined) {
    checkTarget(object.describedObject, `${field}.describedObject`, causes);
    checkMetricName(object.metric, `${field}.metric`, causes);
    checkAmounts(object.target, `${field}.target`, causes);
    if (object.target?.value === undefined && object.target?.averageValue === undefined) {
      causes.required(`${field}.target.averageValue`, 'must set either a target value or averageValue');
    }
  } else if (type === 'External' && external !== undefined) {
    checkMetricName(external.metric, `${field}.metric`, causes);
    checkAmounts(external.target, `${field}.target`, causes);
    checkEither(external.target, ['value', 'averageValue'], `${field}.target`, causes);
  } else if (type === 'Pods' && pods !== undefined) {
    checkMetricName(pods.metric, `${field}.metric`, causes);
    checkAmounts(pods.target, `${field}.target`, causes);
    if (pods.target?.averageValue === undefined) causes.required(`${field}.target.averageValue`, 'must specify a positive target averageValue');
  } else checkResource(containerResource ?? resource, type === 'ContainerResource', field, causes);
}

function checkResource(source: { name?: string; container?: string; target?: MetricTarget } | undefined, ofContainer: boolean, field: string, causes: Causes): void {
  if (!source?.name) causes.required(`${field}.name`, 'must specify a resource name');
  if (ofContainer && !source?.container) causes.required(`${field}.container`, 'must specify a container');
  checkAmounts(source?.target, `${field}.target`, causes);
  checkEither(source?.target, ['averageUtilization', 'averageValue'], `${field}.target`, causes);
}

function checkMetricName(metric: MetricIdentifier | undefined, field: string, causes: Causes): void {
  if (!metric?.name) causes.required(`${field}.name`, 'must specify a metric name');
  else checkForm(metric.name, `${field}.name`, checkPathSegment, causes);
  checkSelector(metric?.selector, `${field}.selector`, causes);
}

function checkAmounts(target: MetricTarget | undefined, field: string, causes: Causes): void {
  if (!target?.type) causes.required(`${field}.type`, 'must specify a metric target type');
  else checkEnum(target.type, `${field}.type`, ['AverageValue', 'Utilization', 'Value'], causes);
  for (const part of ['value', 'averageValue'] as const) {
    const amount = target?.[part];
    if (amount !== undefined && knownQuantity(amount).nano <= 0n) causes.invalid(`${field}.${part}`, amount, 'must be positive');
  }
  checkPositive(target?.averageUtilization, `${field}.averageUtilization`, causes);
}

/** Exactly one of two ways to say how much. */
function checkEither(target: MetricTarget | undefined, [first, second]: readonly [keyof MetricTarget, keyof MetricTarget], field: string, causes: Causes): void {
  const words = first === 'value' ? 'a target value for metric and a per-pod target' : 'a target raw value and a target utilization';
  const [one, other] = [target?.[first], target?.[second]];
  if (one === undefined && other === undefined) causes.required(`${field}.${first === 'value' ? second : first}`, `must set either ${words.replace(' and ', ' or ')}`);
  else if (one !== undefined && other !== undefined) causes.forbidden(`${field}.${first === 'value' ? first : second}`, `may not set both ${words}`);
}
