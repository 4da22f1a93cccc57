import { atomicMap, atomicTypes, conditions, fields, keyed, merged, set, type PackageOverlay } from './marks.ts';

/** Marks of certificates.k8s.io/v1. */
export const certificatesOverlay: PackageOverlay = { CertificateSigningRequestStatus: fields({ conditions: keyed('type') }) };

/** Marks of discovery.k8s.io/v1. */
export const discoveryOverlay: PackageOverlay = {
  ...atomicTypes('EndpointPort'),
  Endpoint: fields({ addresses: set }),
};

/** Marks of flowcontrol.apiserver.k8s.io/v1. */
export const flowcontrolOverlay: PackageOverlay = {
  FlowSchemaStatus: fields({ conditions }),
  NonResourcePolicyRule: fields({ nonResourceURLs: set, verbs: set }),
  PriorityLevelConfigurationStatus: fields({ conditions }),
  ResourcePolicyRule: fields({ apiGroups: set, namespaces: set, resources: set, verbs: set }),
};

/** Marks of networking.k8s.io/v1. */
export const networkingOverlay: PackageOverlay = {
  ...atomicTypes('ServiceBackendPort'),
  ServiceCIDRStatus: fields({ conditions }),
};

/** Marks of node.k8s.io/v1. */
export const nodeOverlay: PackageOverlay = { Scheduling: fields({ nodeSelector: atomicMap }) };

/** Marks of rbac.authorization.k8s.io/v1. */
export const rbacOverlay: PackageOverlay = atomicTypes('RoleRef', 'Subject');

/** Marks of resource.k8s.io/v1. */
export const resourceOverlay: PackageOverlay = {
  AllocatedDeviceStatus: fields({ conditions: keyed('type') }),
  ResourceClaimStatus: fields({ devices: keyed('driver', 'device', 'pool', 'shareID'), reservedFor: merged('uid') }),
};

/** Marks of storage.k8s.io/v1. */
export const storageOverlay: PackageOverlay = {
  CSIDriverSpec: fields({ volumeLifecycleModes: set }),
  CSINodeSpec: fields({ drivers: merged('name') }),
};
