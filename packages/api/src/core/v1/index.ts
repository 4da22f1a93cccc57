import { allVerbs, kindsOf, scaleSubresource, statusSubresource, type Kind, type Subresource, type Verb } from '../../kind.ts';
import type {
  Binding as BindingObject, ComponentStatus as ComponentStatusObject, ConfigMap as ConfigMapObject,
  Endpoints as EndpointsObject, Event as EventObject, LimitRange as LimitRangeObject, Namespace as NamespaceObject,
  Node as NodeObject, PersistentVolume as PersistentVolumeObject,
  PersistentVolumeClaim as PersistentVolumeClaimObject, Pod as PodObject, PodTemplate as PodTemplateObject,
  ReplicationController as ReplicationControllerObject, ResourceQuota as ResourceQuotaObject, Secret as SecretObject,
  Service as ServiceObject, ServiceAccount as ServiceAccountObject,
} from '../../../generated/types/core-v1.ts';

export type {
  AWSElasticBlockStoreVolumeSource, Affinity, AppArmorProfile, AttachedVolume, AzureDiskVolumeSource,
  AzureFilePersistentVolumeSource, AzureFileVolumeSource, CSIPersistentVolumeSource, CSIVolumeSource, Capabilities,
  CephFSPersistentVolumeSource, CephFSVolumeSource, CinderPersistentVolumeSource, CinderVolumeSource, ClientIPConfig,
  ClusterTrustBundleProjection, ComponentCondition, ComponentStatusList, ConfigMapEnvSource, ConfigMapKeySelector,
  ConfigMapList, ConfigMapNodeConfigSource, ConfigMapProjection, ConfigMapVolumeSource, Container,
  ContainerExtendedResourceRequest, ContainerImage, ContainerPort, ContainerResizePolicy, ContainerRestartRule,
  ContainerRestartRuleOnExitCodes, ContainerState, ContainerStateRunning, ContainerStateTerminated,
  ContainerStateWaiting, ContainerStatus, ContainerUser, DaemonEndpoint, DownwardAPIProjection,
  DownwardAPIVolumeFile, DownwardAPIVolumeSource, EmptyDirVolumeSource, EndpointAddress, EndpointPort,
  EndpointSubset, EndpointsList, EnvFromSource, EnvVar, EnvVarSource, EphemeralContainer, EphemeralVolumeSource,
  EventList, EventSeries, EventSource, ExecAction, FCVolumeSource, FileKeySelector, FlexPersistentVolumeSource,
  FlexVolumeSource, FlockerVolumeSource, GCEPersistentDiskVolumeSource, GRPCAction, GitRepoVolumeSource,
  GlusterfsPersistentVolumeSource, GlusterfsVolumeSource, HTTPGetAction, HTTPHeader, HostAlias, HostIP,
  HostPathVolumeSource, ISCSIPersistentVolumeSource, ISCSIVolumeSource, ImageVolumeSource, ImageVolumeStatus,
  KeyToPath, Lifecycle, LifecycleHandler, LimitRangeItem, LimitRangeList, LimitRangeSpec, LinuxContainerUser,
  LoadBalancerIngress, LoadBalancerStatus, LocalObjectReference, LocalVolumeSource, ModifyVolumeStatus,
  NFSVolumeSource, NamespaceCondition, NamespaceList, NamespaceSpec, NamespaceStatus, NodeAddress, NodeAffinity,
  NodeAllocatableResourceClaimStatus, NodeCondition, NodeConfigSource, NodeConfigStatus, NodeDaemonEndpoints,
  NodeFeatures, NodeList, NodeRuntimeHandler, NodeRuntimeHandlerFeatures, NodeSelector, NodeSelectorRequirement,
  NodeSelectorTerm, NodeSpec, NodeStatus, NodeSwapStatus, NodeSystemInfo, ObjectFieldSelector, ObjectReference,
  PersistentVolumeClaimCondition, PersistentVolumeClaimList, PersistentVolumeClaimSpec, PersistentVolumeClaimStatus,
  PersistentVolumeClaimTemplate, PersistentVolumeClaimVolumeSource, PersistentVolumeList, PersistentVolumeSpec,
  PersistentVolumeStatus, PhotonPersistentDiskVolumeSource, PodAffinity, PodAffinityTerm, PodAntiAffinity,
  PodCertificateProjection, PodCondition, PodDNSConfig, PodDNSConfigOption, PodExtendedResourceClaimStatus, PodIP,
  PodList, PodOS, PodReadinessGate, PodResourceClaim, PodResourceClaimStatus, PodSchedulingGate, PodSchedulingGroup,
  PodSecurityContext, PodSpec, PodStatus, PodTemplateList, PodTemplateSpec, PortStatus, PortworxVolumeSource,
  PreferredSchedulingTerm, Probe, ProjectedVolumeSource, QuobyteVolumeSource, RBDPersistentVolumeSource,
  RBDVolumeSource, ReplicationControllerCondition, ReplicationControllerList, ReplicationControllerSpec,
  ReplicationControllerStatus, ResourceClaim, ResourceFieldSelector, ResourceHealth, ResourceQuotaList,
  ResourceQuotaSpec, ResourceQuotaStatus, ResourceRequirements, ResourceStatus, SELinuxOptions,
  ScaleIOPersistentVolumeSource, ScaleIOVolumeSource, ScopeSelector, ScopedResourceSelectorRequirement,
  SeccompProfile, SecretEnvSource, SecretKeySelector, SecretList, SecretProjection, SecretReference,
  SecretVolumeSource, SecurityContext, ServiceAccountList, ServiceAccountTokenProjection, ServiceList, ServicePort,
  ServiceSpec, ServiceStatus, SessionAffinityConfig, SleepAction, StorageOSPersistentVolumeSource,
  StorageOSVolumeSource, Sysctl, TCPSocketAction, Taint, Toleration, TopologySelectorLabelRequirement,
  TopologySelectorTerm, TopologySpreadConstraint, TypedLocalObjectReference, TypedObjectReference, Volume,
  VolumeDevice, VolumeMount, VolumeMountStatus, VolumeNodeAffinity, VolumeProjection, VolumeResourceRequirements,
  VolumeStatus, VsphereVirtualDiskVolumeSource, WeightedPodAffinityTerm, WindowsSecurityContextOptions,
} from '../../../generated/types/core-v1.ts';

const define = kindsOf({ group: '', version: 'v1', package: 'io.k8s.api.core.v1' });

/** A connect subresource answers every HTTP method; discovery lists them as these verbs. */
const proxyVerbs: readonly Verb[] = ['create', 'delete', 'get', 'patch', 'update'];
const options = (kind: string) => ({ group: '', version: 'v1', kind });
const stream = (name: string, kind: string): Subresource => ({ name, verbs: ['create', 'get'], body: options(kind), connect: true });

const podSubresources: readonly Subresource[] = [
  stream('attach', 'PodAttachOptions'),
  { name: 'binding', verbs: ['create'], body: options('Binding') },
  { name: 'ephemeralcontainers', verbs: ['get', 'patch', 'update'] },
  { name: 'eviction', verbs: ['create'], body: { group: 'policy', version: 'v1', kind: 'Eviction' } },
  stream('exec', 'PodExecOptions'),
  { name: 'log', verbs: ['get'] },
  stream('portforward', 'PodPortForwardOptions'),
  { name: 'proxy', verbs: proxyVerbs, body: options('PodProxyOptions'), connect: true },
  { name: 'resize', verbs: ['get', 'patch', 'update'] },
  statusSubresource,
];

export type Binding = BindingObject;
/** The Binding kind of v1. */
export const Binding: Kind<BindingObject> = define('Binding', { verbs: ['create'] });

export type ComponentStatus = ComponentStatusObject;
/** The ComponentStatus kind of v1. */
export const ComponentStatus: Kind<ComponentStatusObject> = define('ComponentStatus', {
  plural: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
});

export type ConfigMap = ConfigMapObject;
/** The ConfigMap kind of v1. */
export const ConfigMap: Kind<ConfigMapObject> = define('ConfigMap', { shortNames: ['cm'] });

export type Endpoints = EndpointsObject;
/** The Endpoints kind of v1. */
export const Endpoints: Kind<EndpointsObject> = define('Endpoints', {
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
});

export type Event = EventObject;
/** The Event kind of v1. */
export const Event: Kind<EventObject> = define('Event', {
  shortNames: ['ev'],
  selectableFields: [
    'involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid',
    'involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason',
    'reportingComponent', 'source', 'type',
  ],
});

export type LimitRange = LimitRangeObject;
/** The LimitRange kind of v1. */
export const LimitRange: Kind<LimitRangeObject> = define('LimitRange', { shortNames: ['limits'] });

export type Namespace = NamespaceObject;
/** The Namespace kind of v1. */
export const Namespace: Kind<NamespaceObject> = define('Namespace', {
  shortNames: ['ns'],
  namespaced: false,
  verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
  subresources: [{ name: 'finalize', verbs: ['update'] }, statusSubresource],
  selectableFields: ['status.phase'],
});

export type Node = NodeObject;
/** The Node kind of v1. */
export const Node: Kind<NodeObject> = define('Node', {
  shortNames: ['no'],
  namespaced: false,
  subresources: [
    { name: 'proxy', verbs: proxyVerbs, body: options('NodeProxyOptions'), connect: true },
    statusSubresource,
  ],
  selectableFields: ['spec.unschedulable'],
});

export type PersistentVolume = PersistentVolumeObject;
/** The PersistentVolume kind of v1. */
export const PersistentVolume: Kind<PersistentVolumeObject> = define('PersistentVolume', {
  shortNames: ['pv'],
  namespaced: false,
  subresources: [statusSubresource],
});

export type PersistentVolumeClaim = PersistentVolumeClaimObject;
/** The PersistentVolumeClaim kind of v1. */
export const PersistentVolumeClaim: Kind<PersistentVolumeClaimObject> = define('PersistentVolumeClaim', {
  shortNames: ['pvc'],
  subresources: [statusSubresource],
});

export type Pod = PodObject;
/** The Pod kind of v1. */
export const Pod: Kind<PodObject> = define('Pod', {
  shortNames: ['po'],
  categories: ['all'],
  subresources: podSubresources,
  selectableFields: [
    'spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork',
    'status.phase', 'status.podIP', 'status.podIPs', 'status.nominatedNodeName',
  ],
});

export type PodTemplate = PodTemplateObject;
/** The PodTemplate kind of v1. */
export const PodTemplate: Kind<PodTemplateObject> = define('PodTemplate');

export type ReplicationController = ReplicationControllerObject;
/** The ReplicationController kind of v1. */
export const ReplicationController: Kind<ReplicationControllerObject> = define('ReplicationController', {
  shortNames: ['rc'],
  categories: ['all'],
  subresources: [scaleSubresource, statusSubresource],
  selectableFields: ['status.replicas'],
});

export type ResourceQuota = ResourceQuotaObject;
/** The ResourceQuota kind of v1. */
export const ResourceQuota: Kind<ResourceQuotaObject> = define('ResourceQuota', {
  shortNames: ['quota'],
  subresources: [statusSubresource],
});

export type Secret = SecretObject;
/** The Secret kind of v1. */
export const Secret: Kind<SecretObject> = define('Secret', { selectableFields: ['type'] });

export type Service = ServiceObject;
/** The Service kind of v1. */
export const Service: Kind<ServiceObject> = define('Service', {
  shortNames: ['svc'],
  categories: ['all'],
  subresources: [
    { name: 'proxy', verbs: proxyVerbs, body: options('ServiceProxyOptions'), connect: true },
    statusSubresource,
  ],
  selectableFields: ['spec.clusterIP', 'spec.type'],
});

export type ServiceAccount = ServiceAccountObject;
/** The ServiceAccount kind of v1. */
export const ServiceAccount: Kind<ServiceAccountObject> = define('ServiceAccount', {
  shortNames: ['sa'],
  subresources: [
    { name: 'token', verbs: ['create'], body: { group: 'authentication.k8s.io', version: 'v1',
    kind: 'TokenRequest' } },
  ],
});
