import type { HorizontalPodAutoscaler as HorizontalPodAutoscalerV1 } from '../autoscaling/v1/index.ts';
import type { HPAScalingRules, HorizontalPodAutoscaler } from '../autoscaling/v2/index.ts';
import { knownQuantity } from '../quantity/index.ts';
import { checkMetric, checkTarget } from './autoscaler-metric.ts';
import type { Causes } from './causes.ts';
import { checkEnum } from './rules.ts';

const longestWindowSeconds = 3600;
const longestPeriodSeconds = 1800;

/** A HorizontalPodAutoscaler of either version. */
export function checkHorizontalPodAutoscaler({ spec }: HorizontalPodAutoscaler | HorizontalPodAutoscalerV1, causes: Causes): void {
  const { minReplicas, maxReplicas = 0, scaleTargetRef } = spec ?? {};
  if (minReplicas !== undefined && minReplicas < 1) causes.invalid('spec.minReplicas', minReplicas, 'must be greater than or equal to 1');
  if (maxReplicas < 1) causes.invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0');
  if (minReplicas !== undefined && maxReplicas < minReplicas) causes.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`');
  checkTarget(scaleTargetRef, 'spec.scaleTargetRef', causes);
  if (spec === undefined) return;
  if ('targetCPUUtilizationPercentage' in spec && (spec.targetCPUUtilizationPercentage ?? 1) < 1) {
    causes.invalid('spec.targetCPUUtilizationPercentage', spec.targetCPUUtilizationPercentage, 'must be greater than 0');
  }
  if ('metrics' in spec) for (const [index, metric] of (spec.metrics ?? []).entries()) checkMetric(metric, `spec.metrics[${index}]`, causes);
  if (!('behavior' in spec)) return;
  for (const part of ['scaleUp', 'scaleDown'] as const) {
    const rules = spec.behavior?.[part];
    if (rules !== undefined) checkRules(rules, `spec.behavior.${part}`, causes);
  }
}

function checkRules({ policies, selectPolicy, stabilizationWindowSeconds: window, tolerance }: HPAScalingRules, field: string, causes: Causes): void {
  const at = `${field}.stabilizationWindowSeconds`;
  if (window !== undefined && window < 0) causes.invalid(at, window, 'must be greater than or equal to zero');
  if (window !== undefined && window > longestWindowSeconds) causes.invalid(at, window, `must be less than or equal to ${longestWindowSeconds}`);
  checkEnum(selectPolicy, `${field}.selectPolicy`, ['Disabled', 'Max', 'Min'], causes);
  if (tolerance !== undefined && knownQuantity(tolerance).nano < 0n) causes.invalid(`${field}.tolerance`, tolerance, 'must be greater than or equal to 0');
  if ((policies ?? []).length === 0) causes.required(`${field}.policies`, 'must specify at least one Policy');
  for (const [index, { type, value, periodSeconds }] of (policies ?? []).entries()) {
    const policy = `${field}.policies[${index}]`;
    checkEnum(type, `${policy}.type`, ['Percent', 'Pods'], causes, true);
    if ((value ?? 0) <= 0) causes.invalid(`${policy}.value`, value ?? 0, 'must be greater than zero');
    if ((periodSeconds ?? 0) <= 0) causes.invalid(`${policy}.periodSeconds`, periodSeconds ?? 0, 'must be greater than zero');
    else if (periodSeconds > longestPeriodSeconds) causes.invalid(`${policy}.periodSeconds`, periodSeconds, `must be less than or equal to ${longestPeriodSeconds}`);
  }
}
