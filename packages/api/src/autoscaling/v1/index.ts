import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  HorizontalPodAutoscaler as HorizontalPodAutoscalerObject, Scale as ScaleObject,
} from '../../../generated/types/autoscaling-v1.ts';

export type {
  CrossVersionObjectReference, HorizontalPodAutoscalerList, HorizontalPodAutoscalerSpec,
  HorizontalPodAutoscalerStatus, ScaleSpec, ScaleStatus,
} from '../../../generated/types/autoscaling-v1.ts';

const define = kindsOf({ group: 'autoscaling', version: 'v1', package: 'io.k8s.api.autoscaling.v1' });

export type HorizontalPodAutoscaler = HorizontalPodAutoscalerObject;
/** The HorizontalPodAutoscaler kind of autoscaling/v1. */
export const HorizontalPodAutoscaler: Kind<HorizontalPodAutoscalerObject> = define('HorizontalPodAutoscaler', {
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: [statusSubresource],
  storage: { version: 'v2' },
  servedVersions: ['v2', 'v1'],
});

export type Scale = ScaleObject;
/** The Scale kind of autoscaling/v1. */
export const Scale: Kind<ScaleObject> = define('Scale', { verbs: [] });
