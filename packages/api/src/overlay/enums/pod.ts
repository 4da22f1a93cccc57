import { profileTypes, protocols, pullPolicies, type PackageEnums } from './closed-set.ts';
import { signals } from './signals.ts';

const effects = ['NoExecute', 'NoSchedule', 'PreferNoSchedule'];
const inclusion = ['Honor', 'Ignore'];
const container = { imagePullPolicy: pullPolicies, terminationMessagePolicy: ['FallbackToLogsOnError', 'File'] };

/** Closed sets of core/v1 that describe pods and where they run. */
export const podEnums: PackageEnums = {
  AppArmorProfile: { type: profileTypes },
  Container: container,
  ContainerPort: { protocol: protocols },
  ContainerStatus: { stopSignal: signals },
  EphemeralContainer: container,
  HTTPGetAction: { scheme: ['HTTP', 'HTTPS'] },
  Lifecycle: { stopSignal: signals },
  NodeSelectorRequirement: { operator: ['DoesNotExist', 'Exists', 'Gt', 'In', 'Lt', 'NotIn'] },
  PodSecurityContext: { fsGroupChangePolicy: ['Always', 'OnRootMismatch'], supplementalGroupsPolicy: ['Merge', 'Strict'] },
  PodSpec: {
    dnsPolicy: ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'],
    preemptionPolicy: ['Never', 'PreemptLowerPriority'],
    restartPolicy: ['Always', 'Never', 'OnFailure'],
  },
  PodStatus: {
    phase: ['Failed', 'Pending', 'Running', 'Succeeded', 'Unknown'],
    qosClass: ['BestEffort', 'Burstable', 'Guaranteed'],
  },
  SeccompProfile: { type: profileTypes },
  SecurityContext: { procMount: ['Default', 'Unmasked'] },
  Taint: { effect: effects },
  Toleration: { effect: effects, operator: ['Equal', 'Exists', 'Gt', 'Lt'] },
  TopologySpreadConstraint: {
    nodeAffinityPolicy: inclusion,
    nodeTaintsPolicy: inclusion,
    whenUnsatisfiable: ['DoNotSchedule', 'ScheduleAnyway'],
  },
};
