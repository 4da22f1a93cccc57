import { conditions, fields, mergedAtomic, set, atomicType, type PackageOverlay } from './marks.ts';

/** Marks of apps/v1. */
export const appsOverlay: PackageOverlay = {
  DaemonSetStatus: fields({ conditions }),
  DeploymentSpec: fields({ strategy: { patchStrategy: 'retainKeys' } }),
  DeploymentStatus: fields({ conditions }),
  ReplicaSetStatus: fields({ conditions }),
  StatefulSetStatus: fields({ conditions }),
};

/** Marks of batch/v1. */
export const batchOverlay: PackageOverlay = {
  JobStatus: fields({ conditions: mergedAtomic('type') }),
  PodFailurePolicyOnExitCodesRequirement: fields({ values: set }),
  UncountedTerminatedPods: fields({ failed: set, succeeded: set }),
};

/** Marks of autoscaling/v1. */
export const autoscalingV1Overlay: PackageOverlay = { CrossVersionObjectReference: atomicType };

/** Marks of autoscaling/v2. */
export const autoscalingV2Overlay: PackageOverlay = { HorizontalPodAutoscalerStatus: fields({ conditions }) };

/** Marks of policy/v1. */
export const policyOverlay: PackageOverlay = {
  PodDisruptionBudgetSpec: fields({ selector: { patchStrategy: 'replace' } }),
  PodDisruptionBudgetStatus: fields({ conditions }),
};
