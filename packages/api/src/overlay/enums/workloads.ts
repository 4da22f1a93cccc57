import type { PackageEnums } from './closed-set.ts';

/** Closed sets of apps/v1. */
export const appsEnums: PackageEnums = {
  DaemonSetUpdateStrategy: { type: ['OnDelete', 'RollingUpdate'] },
  DeploymentStrategy: { type: ['Recreate', 'RollingUpdate'] },
  StatefulSetSpec: { podManagementPolicy: ['OrderedReady', 'Parallel'] },
  StatefulSetUpdateStrategy: { type: ['OnDelete', 'RollingUpdate'] },
};

/** Closed sets of batch/v1. */
export const batchEnums: PackageEnums = {
  CronJobSpec: { concurrencyPolicy: ['Allow', 'Forbid', 'Replace'] },
  JobSpec: { completionMode: ['Indexed', 'NonIndexed'], podReplacementPolicy: ['Failed', 'TerminatingOrFailed'] },
  PodFailurePolicyOnExitCodesRequirement: { operator: ['In', 'NotIn'] },
  PodFailurePolicyRule: { action: ['Count', 'FailIndex', 'FailJob', 'Ignore'] },
};

/** Closed sets of policy/v1. */
export const policyEnums: PackageEnums = {
  PodDisruptionBudgetSpec: { unhealthyPodEvictionPolicy: ['AlwaysAllow', 'IfHealthyBudget'] },
};

/** Closed sets of scheduling.k8s.io/v1. */
export const schedulingEnums: PackageEnums = { PriorityClass: { preemptionPolicy: ['Never', 'PreemptLowerPriority'] } };
