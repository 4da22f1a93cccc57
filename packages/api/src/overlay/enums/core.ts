import { protocols, pullPolicies, reclaimPolicies, type PackageEnums } from './closed-set.ts';

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod'];
const volumeModes = ['Block', 'Filesystem'];
const quotaScopes = [
  'BestEffort', 'CrossNamespacePodAffinity', 'NotBestEffort', 'NotTerminating', 'PriorityClass', 'Terminating', 'VolumeAttributesClass',
];

/** Closed sets of core/v1 about volumes and claims. */
export const volumeEnums: PackageEnums = {
  AzureDiskVolumeSource: { cachingMode: ['None', 'ReadOnly', 'ReadWrite'], kind: ['Dedicated', 'Managed', 'Shared'] },
  // The empty text means that nothing is looked at before mounting.
  HostPathVolumeSource: { type: ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket'] },
  ImageVolumeSource: { pullPolicy: pullPolicies },
  ModifyVolumeStatus: { status: ['InProgress', 'Infeasible', 'Pending'] },
  PersistentVolumeClaimSpec: { accessModes, volumeMode: volumeModes },
  PersistentVolumeClaimStatus: {
    accessModes,
    allocatedResourceStatuses: ['ControllerResizeInProgress', 'ControllerResizeInfeasible', 'NodeResizeInProgress', 'NodeResizeInfeasible', 'NodeResizePending'],
    phase: ['Bound', 'Lost', 'Pending'],
  },
  PersistentVolumeSpec: { accessModes, persistentVolumeReclaimPolicy: reclaimPolicies, volumeMode: volumeModes },
  PersistentVolumeStatus: { phase: ['Available', 'Bound', 'Failed', 'Pending', 'Released'] },
  VolumeMount: { mountPropagation: ['Bidirectional', 'HostToContainer', 'None'] },
};

/** Closed sets of core/v1 about services, namespaces, nodes and quota. */
export const coreEnums: PackageEnums = {
  EndpointPort: { protocol: protocols },
  NamespaceStatus: { phase: ['Active', 'Terminating'] },
  NodeStatus: { phase: ['Pending', 'Running', 'Terminated'] },
  PortStatus: { protocol: protocols },
  ResourceQuotaSpec: { scopes: quotaScopes },
  ScopedResourceSelectorRequirement: { operator: ['DoesNotExist', 'Exists', 'In', 'NotIn'], scopeName: quotaScopes },
  ServicePort: { protocol: protocols },
  ServiceSpec: {
    externalTrafficPolicy: ['Cluster', 'Local'],
    internalTrafficPolicy: ['Cluster', 'Local'],
    // The empty text is what a Service has before the server chose.
    ipFamilies: ['', 'IPv4', 'IPv6'],
    ipFamilyPolicy: ['PreferDualStack', 'RequireDualStack', 'SingleStack'],
    sessionAffinity: ['ClientIP', 'None'],
    type: ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'],
  },
};
