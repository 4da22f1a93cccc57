import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  DeviceClass as DeviceClassObject, ResourceClaim as ResourceClaimObject,
  ResourceClaimTemplate as ResourceClaimTemplateObject, ResourceSlice as ResourceSliceObject,
} from '../../../generated/types/resource-v1.ts';

export type {
  AllocatedDeviceStatus, AllocationResult, CELDeviceSelector, CapacityRequestPolicy, CapacityRequestPolicyRange,
  CapacityRequirements, Counter, CounterSet, Device, DeviceAllocationConfiguration, DeviceAllocationResult,
  DeviceAttribute, DeviceCapacity, DeviceClaim, DeviceClaimConfiguration, DeviceClassConfiguration, DeviceClassList,
  DeviceClassSpec, DeviceConstraint, DeviceCounterConsumption, DeviceRequest, DeviceRequestAllocationResult,
  DeviceSelector, DeviceSubRequest, DeviceTaint, DeviceToleration, ExactDeviceRequest, NetworkDeviceData,
  NodeAllocatableResourceMapping, OpaqueDeviceConfiguration, ResourceClaimConsumerReference, ResourceClaimList,
  ResourceClaimSpec, ResourceClaimStatus, ResourceClaimTemplateList, ResourceClaimTemplateSpec, ResourcePool,
  ResourceSliceList, ResourceSliceSpec,
} from '../../../generated/types/resource-v1.ts';

const define = kindsOf({ group: 'resource.k8s.io', version: 'v1', package: 'io.k8s.api.resource.v1' });

export type DeviceClass = DeviceClassObject;
/** The DeviceClass kind of resource.k8s.io/v1. */
export const DeviceClass: Kind<DeviceClassObject> = define('DeviceClass', { namespaced: false });

export type ResourceClaim = ResourceClaimObject;
/** The ResourceClaim kind of resource.k8s.io/v1. */
export const ResourceClaim: Kind<ResourceClaimObject> = define('ResourceClaim', { subresources: [statusSubresource] });

export type ResourceClaimTemplate = ResourceClaimTemplateObject;
/** The ResourceClaimTemplate kind of resource.k8s.io/v1. */
export const ResourceClaimTemplate: Kind<ResourceClaimTemplateObject> = define('ResourceClaimTemplate');

export type ResourceSlice = ResourceSliceObject;
/** The ResourceSlice kind of resource.k8s.io/v1. */
export const ResourceSlice: Kind<ResourceSliceObject> = define('ResourceSlice', {
  namespaced: false,
  selectableFields: ['spec.nodeName', 'spec.driver'],
});
