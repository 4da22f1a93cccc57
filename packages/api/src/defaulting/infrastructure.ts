import type { TokenRequest } from '../authentication/v1/index.ts';
import type { EndpointSlice } from '../discovery/v1/index.ts';
import type { FlowSchema, PriorityLevelConfiguration } from '../flowcontrol/v1/index.ts';
import type { IngressClass, NetworkPolicy } from '../networking/v1/index.ts';
import type { ClusterRoleBinding, RoleBinding } from '../rbac/v1/index.ts';
import type { ResourceClaim, ResourceClaimTemplate } from '../resource/v1/index.ts';
import type { PriorityClass } from '../scheduling/v1/index.ts';
import type { CSIDriver, StorageClass } from '../storage/v1/index.ts';
import { each, setAbsent, setZero } from './set-default.ts';

const rbacGroup = 'rbac.authorization.k8s.io';

/** Defaults of role bindings: the API groups of role and subjects. */
export function defaultRoleBinding({ roleRef, subjects }: RoleBinding | ClusterRoleBinding): void {
  if (roleRef !== undefined) setZero(roleRef, 'apiGroup', rbacGroup);
  each(subjects, (subject) => {
    if (subject.kind === 'User' || subject.kind === 'Group') setZero(subject, 'apiGroup', rbacGroup);
  });
}

/** Defaults of an EndpointSlice. */
export function defaultEndpointSlice({ ports }: EndpointSlice): void {
  each(ports, (port) => {
    setAbsent(port, 'name', '');
    setAbsent(port, 'protocol', 'TCP');
  });
}

/** Defaults of a NetworkPolicy: it governs egress only when it says something about it. */
export function defaultNetworkPolicy({ spec }: NetworkPolicy): void {
  if (spec === undefined) return;
  if ((spec.policyTypes ?? []).length === 0) spec.policyTypes = spec.egress !== undefined && spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) each(rule.ports, (port) => setAbsent(port, 'protocol', 'TCP'));
}

/** Defaults of an IngressClass. */
export function defaultIngressClass({ spec }: IngressClass): void {
  if (spec?.parameters !== undefined) setAbsent(spec.parameters, 'scope', 'Cluster');
}

/** Defaults of a StorageClass. */
export function defaultStorageClass(storageClass: StorageClass): void {
  setAbsent(storageClass, 'reclaimPolicy', 'Delete');
  setAbsent(storageClass, 'volumeBindingMode', 'Immediate');
}

/** Defaults of a CSIDriver. */
export function defaultCSIDriver({ spec }: CSIDriver): void {
  if (spec === undefined) return;
  setAbsent(spec, 'attachRequired', true);
  setAbsent(spec, 'podInfoOnMount', false);
  setAbsent(spec, 'storageCapacity', false);
  setAbsent(spec, 'fsGroupPolicy', 'ReadWriteOnceWithFSType');
  if ((spec.volumeLifecycleModes ?? []).length === 0) spec.volumeLifecycleModes = ['Persistent'];
  setAbsent(spec, 'requiresRepublish', false);
  setAbsent(spec, 'seLinuxMount', false);
}

/** Defaults of a PriorityClass. */
export function defaultPriorityClass(priorityClass: PriorityClass): void {
  setAbsent(priorityClass, 'preemptionPolicy', 'PreemptLowerPriority');
}

/** Defaults of a FlowSchema. */
export function defaultFlowSchema({ spec }: FlowSchema): void {
  if (spec !== undefined) setZero(spec, 'matchingPrecedence', 1000);
}

/** Defaults of a PriorityLevelConfiguration. */
export function defaultPriorityLevelConfiguration({ spec }: PriorityLevelConfiguration): void {
  if (spec?.exempt !== undefined) {
    setAbsent(spec.exempt, 'nominalConcurrencyShares', 0);
    setAbsent(spec.exempt, 'lendablePercent', 0);
  }
  if (spec?.limited === undefined) return;
  setAbsent(spec.limited, 'nominalConcurrencyShares', 30);
  setAbsent(spec.limited, 'lendablePercent', 0);
  const queuing = spec.limited.limitResponse?.queuing;
  if (queuing === undefined) return;
  setZero(queuing, 'handSize', 8);
  setZero(queuing, 'queues', 64);
  setZero(queuing, 'queueLengthLimit', 50);
}

/** Defaults of a TokenRequest: one hour. */
export function defaultTokenRequest({ spec }: TokenRequest): void {
  if (spec !== undefined) setAbsent(spec, 'expirationSeconds', 3600);
}

/** Defaults of a ResourceClaim. */
export function defaultResourceClaim({ spec }: Pick<ResourceClaim, 'spec'>): void {
  each(spec?.devices?.requests, (request) => {
    for (const device of [request.exactly, ...(request.firstAvailable ?? [])]) {
      if (device === undefined) continue;
      setZero(device, 'allocationMode', 'ExactCount');
      if (device.allocationMode === 'ExactCount') setZero(device, 'count', 1);
      each(device.tolerations, (toleration) => setZero(toleration, 'operator', 'Equal'));
    }
  });
}

/** Defaults of a ResourceClaimTemplate. */
export function defaultResourceClaimTemplate({ spec }: ResourceClaimTemplate): void {
  if (spec?.spec !== undefined) defaultResourceClaim({ spec: spec.spec });
}
