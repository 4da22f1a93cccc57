import type { Service } from '../core/v1/index.ts';
import { each, setAbsent, setZero } from './set-default.ts';

/** Three hours, as kube-proxy's session affinity has always lasted. */
const affinitySeconds = 10_800;

/** Defaults of a Service; addresses and node ports are the allocators' work. */
export function defaultService({ spec }: Service): void {
  if (spec === undefined) return;
  setZero(spec, 'sessionAffinity', 'None');
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP') {
    const config = (spec.sessionAffinityConfig ??= {});
    setAbsent((config.clientIP ??= {}), 'timeoutSeconds', affinitySeconds);
  }
  setZero(spec, 'type', 'ClusterIP');
  each(spec.ports, (port) => {
    setZero(port, 'protocol', 'TCP');
    setZero(port, 'targetPort', port.port);
  });
  if (spec.type === 'ExternalName') return;
  if (isExternallyAccessible(spec)) setZero(spec, 'externalTrafficPolicy', 'Cluster');
  setAbsent(spec, 'internalTrafficPolicy', 'Cluster');
  setAbsent(spec, 'ipFamilyPolicy', 'SingleStack');
  if (spec.type === 'LoadBalancer') setAbsent(spec, 'allocateLoadBalancerNodePorts', true);
}

function isExternallyAccessible({ type, externalIPs }: Service['spec']): boolean {
  return type === 'NodePort' || type === 'LoadBalancer' || (externalIPs ?? []).length > 0;
}
