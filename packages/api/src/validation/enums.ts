/**
 * Allowed values that the OpenAPI document does not tell, by definition (without `io.k8s.api.`) and field: either it names none
 * there, or it also names values that only other versions or fields of the same type take.
 */
export const enums: Readonly<Record<string, readonly string[]>> = {
  'admissionregistration.v1.MutatingWebhook.sideEffects': ['None', 'NoneOnDryRun'],
  'admissionregistration.v1.ParamRef.parameterNotFoundAction': ['Allow', 'Deny'],
  'admissionregistration.v1.ValidatingWebhook.sideEffects': ['None', 'NoneOnDryRun'],
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted': ['Delete', 'Retain'],
  'apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled': ['Delete', 'Retain'],
  'autoscaling.v2.HPAScalingPolicy.type': ['Percent', 'Pods'],
  'autoscaling.v2.HPAScalingRules.selectPolicy': ['Disabled', 'Max', 'Min'],
  'autoscaling.v2.MetricSpec.type': ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'],
  'autoscaling.v2.MetricTarget.type': ['AverageValue', 'Utilization', 'Value'],
  'batch.v1.PodFailurePolicyOnPodConditionsPattern.status': ['False', 'True', 'Unknown'],
  'core.v1.Container.restartPolicy': ['Always', 'Never', 'OnFailure'],
  'core.v1.ContainerResizePolicy.resourceName': ['cpu', 'memory'],
  'core.v1.ContainerResizePolicy.restartPolicy': ['NotRequired', 'RestartContainer'],
  'core.v1.ContainerRestartRule.action': ['Restart', 'RestartAllContainers'],
  'core.v1.ContainerRestartRuleOnExitCodes.operator': ['In', 'NotIn'],
  'core.v1.PodOS.name': ['linux', 'windows'],
  'core.v1.PodSecurityContext.seLinuxChangePolicy': ['MountOption', 'Recursive'],
  'core.v1.VolumeMount.recursiveReadOnly': ['Disabled', 'Enabled', 'IfPossible'],
  'coordination.v1.LeaseSpec.strategy': ['OldestEmulationVersion'],
  'flowcontrol.v1.FlowDistinguisherMethod.type': ['ByNamespace', 'ByUser'],
  'flowcontrol.v1.LimitResponse.type': ['Queue', 'Reject'],
  'flowcontrol.v1.PriorityLevelConfigurationSpec.type': ['Exempt', 'Limited'],
  'flowcontrol.v1.Subject.kind': ['Group', 'ServiceAccount', 'User'],
  'networking.v1.IngressClassParametersReference.scope': ['Cluster', 'Namespace'],
  'storage.v1.CSIDriverSpec.fsGroupPolicy': ['File', 'None', 'ReadWriteOnceWithFSType'],
  'storage.v1.CSIDriverSpec.volumeLifecycleModes': ['Ephemeral', 'Persistent'],
  'storage.v1.StorageClass.reclaimPolicy': ['Delete', 'Retain'],
};
