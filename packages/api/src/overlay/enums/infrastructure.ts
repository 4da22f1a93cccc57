import { protocols, reclaimPolicies, type PackageEnums } from './closed-set.ts';

/** Closed sets of certificates.k8s.io/v1. */
export const certificatesEnums: PackageEnums = {
  CertificateSigningRequestSpec: {
    usages: [
      'any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment', 'decipher only',
      'digital signature', 'email protection', 'encipher only', 'ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement',
      'key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping',
    ],
  },
};

/** Closed sets of discovery.k8s.io/v1. */
export const discoveryEnums: PackageEnums = {
  EndpointPort: { protocol: protocols },
  EndpointSlice: { addressType: ['FQDN', 'IPv4', 'IPv6'] },
};

/** Closed sets of networking.k8s.io/v1. */
export const networkingEnums: PackageEnums = {
  HTTPIngressPath: { pathType: ['Exact', 'ImplementationSpecific', 'Prefix'] },
  IngressPortStatus: { protocol: protocols },
  NetworkPolicyPort: { protocol: protocols },
  NetworkPolicySpec: { policyTypes: ['Egress', 'Ingress'] },
};

const allocationMode = ['All', 'ExactCount'];
const deviceEffects = ['NoExecute', 'NoSchedule', 'None'];

/** Closed sets of resource.k8s.io/v1. */
export const resourceEnums: PackageEnums = {
  DeviceAllocationConfiguration: { source: ['FromClaim', 'FromClass'] },
  DeviceSubRequest: { allocationMode },
  DeviceTaint: { effect: deviceEffects },
  DeviceToleration: { effect: deviceEffects, operator: ['Equal', 'Exists'] },
  ExactDeviceRequest: { allocationMode },
};

/** Closed sets of storage.k8s.io/v1. */
export const storageEnums: PackageEnums = {
  StorageClass: { reclaimPolicy: reclaimPolicies, volumeBindingMode: ['Immediate', 'WaitForFirstConsumer'] },
};
