import type { Service } from '../core/v1/index.ts';

/**
 * Keeps addresses and node ports that were allocated to a Service when a client's update leaves them out, in place: a
 * replace from the original manifest must not ask for new ones.
 */
export function keepAllocated(next: Service, old: Service): void {
  if (next.spec === undefined || old.spec === undefined) return;
  if (hasClusterIP(next) && hasClusterIP(old)) {
    if (isUnset(next.spec.clusterIP) && !isUnset(old.spec.clusterIP)) next.spec.clusterIP = old.spec.clusterIP;
    if ((next.spec.clusterIPs ?? []).length === 0 && next.spec.clusterIP === old.spec.clusterIP) next.spec.clusterIPs = old.spec.clusterIPs;
    if ((next.spec.ipFamilies ?? []).length === 0 && old.spec.ipFamilies !== undefined) next.spec.ipFamilies = old.spec.ipFamilies;
    if (old.spec.ipFamilyPolicy !== undefined) next.spec.ipFamilyPolicy ??= old.spec.ipFamilyPolicy;
  }
  if (hasNodePorts(next) && hasNodePorts(old)) keepNodePorts(next, old);
}

function keepNodePorts(next: Service, old: Service): void {
  const stated = new Set((next.spec.ports ?? []).map(({ nodePort }) => nodePort));
  for (const port of next.spec.ports ?? []) {
    if (port.nodePort !== undefined && port.nodePort !== 0) continue;
    const before = old.spec.ports?.find((candidate) => candidate.port === port.port && candidate.protocol === port.protocol);
    if (before?.nodePort !== undefined && !stated.has(before.nodePort)) port.nodePort = before.nodePort;
  }
  const health = old.spec.healthCheckNodePort;
  if (health !== undefined && next.spec.type === 'LoadBalancer' && next.spec.externalTrafficPolicy === 'Local') next.spec.healthCheckNodePort ??= health;
}

function hasClusterIP({ spec }: Service): boolean {
  return spec.type !== 'ExternalName';
}

function hasNodePorts({ spec }: Service): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer';
}

function isUnset(text: string | undefined): boolean {
  return text === undefined || text === '';
}
