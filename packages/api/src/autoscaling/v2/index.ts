import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  HorizontalPodAutoscaler as HorizontalPodAutoscalerObject,
} from '../../../generated/types/autoscaling-v2.ts';

export type {
  ContainerResourceMetricSource, ContainerResourceMetricStatus, CrossVersionObjectReference, ExternalMetricSource,
  ExternalMetricStatus, HPAScalingPolicy, HPAScalingRules, HorizontalPodAutoscalerBehavior,
  HorizontalPodAutoscalerCondition, HorizontalPodAutoscalerList, HorizontalPodAutoscalerSpec,
  HorizontalPodAutoscalerStatus, MetricIdentifier, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus,
  ObjectMetricSource, ObjectMetricStatus, PodsMetricSource, PodsMetricStatus, ResourceMetricSource,
  ResourceMetricStatus,
} from '../../../generated/types/autoscaling-v2.ts';

const define = kindsOf({ group: 'autoscaling', version: 'v2', package: 'io.k8s.api.autoscaling.v2' });

export type HorizontalPodAutoscaler = HorizontalPodAutoscalerObject;
/** The HorizontalPodAutoscaler kind of autoscaling/v2. */
export const HorizontalPodAutoscaler: Kind<HorizontalPodAutoscalerObject> = define('HorizontalPodAutoscaler', {
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: [statusSubresource],
  servedVersions: ['v2', 'v1'],
});
