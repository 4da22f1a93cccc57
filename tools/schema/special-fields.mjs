// Fields whose real type client-node flattens to `string` or `any`, by package-less type name and field name.

/** Fields (or map values, list items) that hold a resource.Quantity, by generated module and type. */
export const quantityFields = {
  'autoscaling-v2': {
    HPAScalingRules: ['tolerance'],
    MetricTarget: ['averageValue', 'value'],
    MetricValueStatus: ['averageValue', 'value'],
  },
  'core-v1': {
    ContainerStatus: ['allocatedResources'],
    EmptyDirVolumeSource: ['sizeLimit'],
    LimitRangeItem: ['default', 'defaultRequest', 'max', 'maxLimitRequestRatio', 'min'],
    NodeAllocatableResourceClaimStatus: ['resources'],
    NodeStatus: ['allocatable', 'capacity'],
    PersistentVolumeClaimStatus: ['allocatedResources', 'capacity'],
    PersistentVolumeSpec: ['capacity'],
    PodSpec: ['overhead'],
    PodStatus: ['allocatedResources'],
    ResourceFieldSelector: ['divisor'],
    ResourceQuotaSpec: ['hard'],
    ResourceQuotaStatus: ['hard', 'used'],
    ResourceRequirements: ['limits', 'requests'],
    VolumeResourceRequirements: ['limits', 'requests'],
  },
  'node-v1': { Overhead: ['podFixed'] },
  'resource-v1': {
    CapacityRequestPolicy: ['default', 'validValues'],
    CapacityRequestPolicyRange: ['max', 'min', 'step'],
    CapacityRequirements: ['requests'],
    Counter: ['value'],
    DeviceCapacity: ['value'],
    DeviceRequestAllocationResult: ['consumedCapacity'],
    NodeAllocatableResourceMapping: ['allocationMultiplier'],
  },
  'storage-v1': { CSIStorageCapacity: ['capacity', 'maximumVolumeSize'] },
};

const extensionsPackage = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

/** Codes of types that are passed through as they are, with the OpenAPI definition each stands for. */
export const opaqueTypes = {
  R: 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  F: 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
  J: `${extensionsPackage}.JSON`,
  A: `${extensionsPackage}.JSONSchemaPropsOrArray`,
  B: `${extensionsPackage}.JSONSchemaPropsOrBool`,
  S: `${extensionsPackage}.JSONSchemaPropsOrStringArray`,
  E: `${extensionsPackage}.CustomResourceSubresourceStatus`,
};

/** Code of every field that client-node types as `any`. */
export const opaqueFields = {
  AllocatedDeviceStatus: { data: 'R' },
  ControllerRevision: { data: 'R' },
  OpaqueDeviceConfiguration: { parameters: 'R' },
  WatchEvent: { object: 'R' },
  ManagedFieldsEntry: { fieldsV1: 'F' },
  CustomResourceSubresources: { status: 'E' },
  JSONSchemaProps: {
    additionalItems: 'B', additionalProperties: 'B', default: 'J', dependencies: 'S', enum: 'J', example: 'J', items: 'A',
  },
};
