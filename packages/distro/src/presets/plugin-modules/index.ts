import * as node from '@keelson/node/plugin';
// imports
import * as admissionDefaultIngressClass from '@keelson/admission-default-ingress-class';
import * as admissionDefaultStorageClass from '@keelson/admission-default-storage-class';
import * as admissionDefaultTolerations from '@keelson/admission-default-tolerations';
import * as admissionLimitRanger from '@keelson/admission-limit-ranger';
import * as admissionNamespaceLifecycle from '@keelson/admission-namespace-lifecycle';
import * as admissionPriority from '@keelson/admission-priority';
import * as admissionServiceAccount from '@keelson/admission-service-account';
import * as admissionStorageObjectInUseProtection from '@keelson/admission-storage-object-in-use-protection';
import * as admissionTaintNodesByCondition from '@keelson/admission-taint-nodes-by-condition';
import * as authBootstrapToken from '@keelson/auth-bootstrap-token';
import * as controllerCsrApproving from '@keelson/controller-csr-approving';
import * as controllerCsrCleaner from '@keelson/controller-csr-cleaner';
import * as controllerCsrSigning from '@keelson/controller-csr-signing';
import * as controllerDeployment from '@keelson/controller-deployment';
import * as controllerEndpoints from '@keelson/controller-endpoints';
import * as controllerEndpointslice from '@keelson/controller-endpointslice';
import * as controllerGarbageCollector from '@keelson/controller-garbage-collector';
import * as controllerNamespace from '@keelson/controller-namespace';
import * as controllerNodeLifecycle from '@keelson/controller-node-lifecycle';
import * as controllerPodGarbageCollector from '@keelson/controller-pod-garbage-collector';
import * as controllerReplicaset from '@keelson/controller-replicaset';
import * as controllerRootCaPublisher from '@keelson/controller-root-ca-publisher';
import * as controllerRunner from '@keelson/controller-runner';
import * as controllerServiceAccount from '@keelson/controller-service-account';
import * as controllerServiceAccountToken from '@keelson/controller-service-account-token';
import * as runtimeSim from '@keelson/runtime-sim';
import * as schedulerBalancedAllocation from '@keelson/scheduler-balanced-allocation';
import * as schedulerCore from '@keelson/scheduler-core';
import * as schedulerNodeAffinity from '@keelson/scheduler-node-affinity';
import * as schedulerNodeName from '@keelson/scheduler-node-name';
import * as schedulerNodeResourcesFit from '@keelson/scheduler-node-resources-fit';
import * as schedulerNodeUnschedulable from '@keelson/scheduler-node-unschedulable';
import * as schedulerTaintToleration from '@keelson/scheduler-taint-toleration';
import * as volumeConfigMap from '@keelson/volume-config-map';
import * as volumeDownwardApi from '@keelson/volume-downward-api';
import * as volumeEmptyDir from '@keelson/volume-empty-dir';
import * as volumeHostPath from '@keelson/volume-host-path';
import * as volumeProjected from '@keelson/volume-projected';
import * as volumeSecret from '@keelson/volume-secret';
// end
import type { HostModule } from '../../loader/host-modules.ts';

/**
 * The plugins of this repository by package name, as distribution files import them. Those that presets list come at
 * once, since whoever extends a preset has them loaded anyway. `node tools/build/host-modules.mjs` rewrites the list.
 */
const builtin: Readonly<Record<string, HostModule>> = {
  '@keelson/admission-default-ingress-class': admissionDefaultIngressClass,
  '@keelson/admission-default-storage-class': admissionDefaultStorageClass,
  '@keelson/admission-default-tolerations': admissionDefaultTolerations,
  '@keelson/admission-limit-ranger': admissionLimitRanger,
  '@keelson/admission-namespace-lifecycle': admissionNamespaceLifecycle,
  '@keelson/admission-priority': admissionPriority,
  '@keelson/admission-service-account': admissionServiceAccount,
  '@keelson/admission-storage-object-in-use-protection': admissionStorageObjectInUseProtection,
  '@keelson/admission-taint-nodes-by-condition': admissionTaintNodesByCondition,
  '@keelson/auth-bootstrap-token': authBootstrapToken,
  '@keelson/controller-csr-approving': controllerCsrApproving,
  '@keelson/controller-csr-cleaner': controllerCsrCleaner,
  '@keelson/controller-csr-signing': controllerCsrSigning,
  '@keelson/controller-deployment': controllerDeployment,
  '@keelson/controller-endpoints': controllerEndpoints,
  '@keelson/controller-endpointslice': controllerEndpointslice,
  '@keelson/controller-garbage-collector': controllerGarbageCollector,
  '@keelson/controller-namespace': controllerNamespace,
  '@keelson/controller-node-lifecycle': controllerNodeLifecycle,
  '@keelson/controller-pod-garbage-collector': controllerPodGarbageCollector,
  '@keelson/controller-replicaset': controllerReplicaset,
  '@keelson/controller-root-ca-publisher': controllerRootCaPublisher,
  '@keelson/controller-runner': controllerRunner,
  '@keelson/controller-service-account': controllerServiceAccount,
  '@keelson/controller-service-account-token': controllerServiceAccountToken,
  '@keelson/runtime-sim': runtimeSim,
  '@keelson/scheduler-balanced-allocation': schedulerBalancedAllocation,
  '@keelson/scheduler-core': schedulerCore,
  '@keelson/scheduler-node-affinity': schedulerNodeAffinity,
  '@keelson/scheduler-node-name': schedulerNodeName,
  '@keelson/scheduler-node-resources-fit': schedulerNodeResourcesFit,
  '@keelson/scheduler-node-unschedulable': schedulerNodeUnschedulable,
  '@keelson/scheduler-taint-toleration': schedulerTaintToleration,
  '@keelson/volume-config-map': volumeConfigMap,
  '@keelson/volume-downward-api': volumeDownwardApi,
  '@keelson/volume-empty-dir': volumeEmptyDir,
  '@keelson/volume-host-path': volumeHostPath,
  '@keelson/volume-projected': volumeProjected,
  '@keelson/volume-secret': volumeSecret,
  '@keelson/runtime-cri': async () => ({ default: (await import('../opt-in.ts')).runtimeCri }),
  '@keelson/runtime-process': async () => ({ default: (await import('../opt-in.ts')).runtimeProcess }),
  '@keelson/cni-bridge': async () => ({ default: (await import('../node-only.ts')).cniBridge }),
  '@keelson/cni-chain': async () => ({ default: (await import('../node-only.ts')).cniChain }),
  '@keelson/cni-flannel-host-gw': async () => ({ default: (await import('../node-only.ts')).cniFlannelHostGw }),
  '@keelson/cni-flannel-mixed': async () => ({ default: (await import('../node-only.ts')).cniFlannelMixed }),
  '@keelson/cni-flannel-vxlan': async () => ({ default: (await import('../node-only.ts')).cniFlannelVxlan }),
  '@keelson/cni-host-local': async () => ({ default: (await import('../node-only.ts')).cniHostLocal }),
  '@keelson/cni-netlink': async () => ({ default: (await import('../node-only.ts')).cniNetlink }),
  '@keelson/dns-cache': async () => ({ default: (await import('../node-only.ts')).dnsCache }),
  '@keelson/dns-cluster': async () => ({ default: (await import('../node-only.ts')).dnsCluster }),
  '@keelson/dns-forward': async () => ({ default: (await import('../node-only.ts')).dnsForward }),
  '@keelson/dns-hosts': async () => ({ default: (await import('../node-only.ts')).dnsHosts }),
  '@keelson/dns-server': async () => ({ default: (await import('../node-only.ts')).dnsServer }),
  '@keelson/ingress-built-in': async () => ({ default: (await import('../node-only.ts')).ingressBuiltIn }),
  '@keelson/ingress-core': async () => ({ default: (await import('../node-only.ts')).ingressCore }),
  '@keelson/proxy-core': async () => ({ default: (await import('../node-only.ts')).proxyCore }),
  '@keelson/proxy-nftables': async () => ({ default: (await import('../node-only.ts')).proxyNftables }),
};

/** Module of a plugin that comes with keelson; undefined for any other name. */
export function pluginModule(name: string): HostModule | undefined {
  return name === '@keelson/node/plugin' ? node : builtin[name];
}
