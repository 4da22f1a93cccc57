import type { HorizontalPodAutoscaler as HorizontalPodAutoscalerV1 } from '../autoscaling/v1/index.ts';
import type { HPAScalingRules, HorizontalPodAutoscaler } from '../autoscaling/v2/index.ts';
import { setAbsent } from './set-default.ts';

/** Defaults of an autoscaling/v1 HorizontalPodAutoscaler. */
export function defaultHorizontalPodAutoscalerV1({ spec }: HorizontalPodAutoscalerV1): void {
  if (spec === undefined) return;
  setAbsent(spec, 'minReplicas', 1);
  setAbsent(spec, 'targetCPUUtilizationPercentage', 80);
}

/** Defaults of an autoscaling/v2 HorizontalPodAutoscaler. */
export function defaultHorizontalPodAutoscaler({ spec }: HorizontalPodAutoscaler): void {
  if (spec === undefined) return;
  setAbsent(spec, 'minReplicas', 1);
  if ((spec.metrics ?? []).length === 0) {
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
  }
  if (spec.behavior === undefined) return;
  const { behavior } = spec;
  behavior.scaleUp = withRules(behavior.scaleUp, {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  });
  behavior.scaleDown = withRules(behavior.scaleDown, {
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  });
}

function withRules(rules: HPAScalingRules | undefined, standard: HPAScalingRules): HPAScalingRules {
  const stated = Object.entries(rules ?? {}).filter(([, value]) => value !== undefined);
  return { ...standard, ...Object.fromEntries(stated) };
}
