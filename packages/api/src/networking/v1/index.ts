import { kindsOf, statusSubresource, type Kind } from '../../kind.ts';
import type {
  Ingress as IngressObject, IngressClass as IngressClassObject, IPAddress as IPAddressObject,
  NetworkPolicy as NetworkPolicyObject, ServiceCIDR as ServiceCIDRObject,
} from '../../../generated/types/networking-v1.ts';

export type {
  HTTPIngressPath, HTTPIngressRuleValue, IPAddressList, IPAddressSpec, IPBlock, IngressBackend, IngressClassList,
  IngressClassParametersReference, IngressClassSpec, IngressList, IngressLoadBalancerIngress,
  IngressLoadBalancerStatus, IngressPortStatus, IngressRule, IngressServiceBackend, IngressSpec, IngressStatus,
  IngressTLS, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyList, NetworkPolicyPeer,
  NetworkPolicyPort, NetworkPolicySpec, ParentReference, ServiceBackendPort, ServiceCIDRList, ServiceCIDRSpec,
  ServiceCIDRStatus,
} from '../../../generated/types/networking-v1.ts';

const define = kindsOf({ group: 'networking.k8s.io', version: 'v1', package: 'io.k8s.api.networking.v1' });

export type Ingress = IngressObject;
/** The Ingress kind of networking.k8s.io/v1. */
export const Ingress: Kind<IngressObject> = define('Ingress', {
  shortNames: ['ing'],
  subresources: [statusSubresource],
});

export type IngressClass = IngressClassObject;
/** The IngressClass kind of networking.k8s.io/v1. */
export const IngressClass: Kind<IngressClassObject> = define('IngressClass', { namespaced: false });

export type IPAddress = IPAddressObject;
/** The IPAddress kind of networking.k8s.io/v1. */
export const IPAddress: Kind<IPAddressObject> = define('IPAddress', { shortNames: ['ip'], namespaced: false });

export type NetworkPolicy = NetworkPolicyObject;
/** The NetworkPolicy kind of networking.k8s.io/v1. */
export const NetworkPolicy: Kind<NetworkPolicyObject> = define('NetworkPolicy', { shortNames: ['netpol'] });

export type ServiceCIDR = ServiceCIDRObject;
/** The ServiceCIDR kind of networking.k8s.io/v1. */
export const ServiceCIDR: Kind<ServiceCIDRObject> = define('ServiceCIDR', {
  namespaced: false,
  subresources: [statusSubresource],
});
