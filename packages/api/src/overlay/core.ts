import {
  atomicMap, atomicTypes, conditions, fields, granularMap, keyed, merged, mergedAtomic, mergedSet, retained, set, type PackageOverlay,
} from './marks.ts';

const containerLists = {
  env: merged('name'),
  ports: merged('containerPort', 'protocol'),
  volumeDevices: merged('devicePath'),
  volumeMounts: merged('mountPath'),
};

/** Marks of core/v1. */
export const coreOverlay: PackageOverlay = {
  ...atomicTypes(
    'ConfigMapKeySelector', 'EndpointAddress', 'EndpointPort', 'FileKeySelector', 'LocalObjectReference', 'NodeSelector',
    'NodeSelectorTerm', 'ObjectFieldSelector', 'ObjectReference', 'ResourceFieldSelector', 'ScopeSelector',
    'SecretKeySelector', 'SecretReference', 'TopologySelectorTerm', 'TypedLocalObjectReference',
  ),
  ComponentStatus: fields({ conditions }),
  Container: fields(containerLists),
  EphemeralContainer: fields(containerLists),
  ContainerRestartRuleOnExitCodes: fields({ values: set }),
  ContainerStatus: fields({ allocatedResourcesStatus: merged('name'), volumeMounts: merged('mountPath') }),
  NamespaceStatus: fields({ conditions }),
  NodeAllocatableResourceClaimStatus: fields({ containers: set }),
  NodeSpec: fields({ podCIDRs: mergedSet }),
  NodeStatus: fields({ addresses: merged('type'), conditions }),
  PersistentVolumeClaimStatus: fields({ allocatedResourceStatuses: granularMap, conditions }),
  PersistentVolumeSpec: fields({ claimRef: granularMap }),
  PodSpec: fields({
    containers: merged('name'),
    ephemeralContainers: merged('name'),
    hostAliases: merged('ip'),
    imagePullSecrets: merged('name'),
    initContainers: merged('name'),
    nodeSelector: atomicMap,
    resourceClaims: retained('name'),
    schedulingGates: merged('name'),
    topologySpreadConstraints: merged('topologyKey', 'whenUnsatisfiable'),
    volumes: retained('name'),
  }),
  PodStatus: fields({
    conditions,
    hostIPs: mergedAtomic('ip'),
    podIPs: merged('ip'),
    resourceClaimStatuses: retained('name'),
  }),
  ReplicationControllerSpec: fields({ selector: atomicMap }),
  ReplicationControllerStatus: fields({ conditions }),
  ResourceRequirements: fields({ claims: keyed('name') }),
  ResourceStatus: fields({ resources: keyed('resourceID') }),
  ServiceAccount: fields({ secrets: merged('name') }),
  ServiceSpec: fields({ ports: merged('port', 'protocol'), selector: atomicMap }),
  ServiceStatus: fields({ conditions }),
};
