import type { Service, ServicePort, ServiceSpec } from '../core/v1/index.ts';
import { isEqual } from '../meta/equal.ts';
import { checkDns1123Label, checkDns1123Subdomain, checkPortName } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkImmutable, checkLabels, checkName, checkPort, checkRange, isAddress, isCidr, notACidr, notAnAddress } from './rules.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

/** A Service. */
export function checkService({ spec = {} as ServiceSpec }: Service, causes: Causes): void {
  checkEnum(spec.type, 'spec.type', types, causes, true);
  checkPorts(spec, causes);
  checkLabels(spec.selector, 'spec.selector', causes);
  checkAffinity(spec, causes);
  checkAddresses(spec, causes);
  checkPolicies(spec, causes);
}

function isHeadless(spec: ServiceSpec): boolean {
  return spec.clusterIP === 'None';
}

function checkPorts(spec: ServiceSpec, causes: Causes): void {
  const ports = spec.ports ?? [];
  if (ports.length === 0 && !isHeadless(spec) && spec.type !== 'ExternalName') causes.required('spec.ports');
  const names = new Set<string>();
  const numbers = new Set<string>();
  const nodePorts = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `spec.ports[${index}]`;
    checkServicePort(port, at, ports.length > 1, causes);
    if (port.name !== undefined && port.name !== '' && names.has(port.name)) causes.duplicate(`${at}.name`, port.name);
    names.add(port.name ?? '');
    const id = `${port.protocol}/${port.port}`;
    if (numbers.has(id)) causes.duplicate(at, { protocol: port.protocol, port: port.port });
    numbers.add(id);
    if (port.nodePort === undefined || port.nodePort === 0) continue;
    if (spec.type === 'ClusterIP' || spec.type === 'ExternalName') causes.forbidden(`${at}.nodePort`, `may not be used when \`type\` is '${spec.type}'`);
    const nodeId = `${port.protocol}/${port.nodePort}`;
    if (nodePorts.has(nodeId)) causes.duplicate(`${at}.nodePort`, port.nodePort);
    nodePorts.add(nodeId);
  }
}

function checkServicePort(port: ServicePort, field: string, needsName: boolean, causes: Causes): void {
  if (needsName && !port.name) causes.required(`${field}.name`);
  else if (port.name !== undefined && port.name !== '') checkForm(port.name, `${field}.name`, checkDns1123Label, causes);
  checkPort(port.port ?? 0, `${field}.port`, causes);
  checkEnum(port.protocol, `${field}.protocol`, ['SCTP', 'TCP', 'UDP'], causes, true);
  if (typeof port.targetPort === 'string') checkForm(port.targetPort, `${field}.targetPort`, checkPortName, causes);
  else checkPort(port.targetPort, `${field}.targetPort`, causes);
}

function checkAffinity(spec: ServiceSpec, causes: Causes): void {
  checkEnum(spec.sessionAffinity, 'spec.sessionAffinity', ['ClientIP', 'None'], causes, true);
  const config = spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP') {
    checkRange(config?.clientIP?.timeoutSeconds, 'spec.sessionAffinityConfig.clientIP.timeoutSeconds', [1, 86_400], causes);
  } else if (config !== undefined) {
    causes.forbidden('spec.sessionAffinityConfig', "must not be set when session affinity is None");
  }
}

function checkAddresses(spec: ServiceSpec, causes: Causes): void {
  if (spec.type === 'ExternalName') {
    checkName(spec.externalName?.replace(/\.$/, ''), 'spec.externalName', checkDns1123Subdomain, causes);
    if (spec.clusterIP !== undefined && spec.clusterIP !== '') causes.forbidden('spec.clusterIPs', 'may not be set when `type` is "ExternalName"');
  } else if (isHeadless(spec)) {
    if (spec.type !== 'ClusterIP') causes.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`);
  } else if (spec.clusterIP !== undefined && spec.clusterIP !== '' && !isAddress(spec.clusterIP)) {
    causes.invalid('spec.clusterIPs[0]', spec.clusterIP, notAnAddress);
  }
  for (const [index, address] of (spec.externalIPs ?? []).entries()) {
    if (!isAddress(address)) causes.invalid(`spec.externalIPs[${index}]`, address, notAnAddress);
  }
  for (const [index, range] of (spec.loadBalancerSourceRanges ?? []).entries()) {
    if (!isCidr(range.trim())) causes.invalid(`spec.loadBalancerSourceRanges[${index}]`, range, notACidr);
  }
}

function checkPolicies(spec: ServiceSpec, causes: Causes): void {
  checkEnum(spec.externalTrafficPolicy, 'spec.externalTrafficPolicy', ['Cluster', 'Local'], causes);
  checkEnum(spec.internalTrafficPolicy, 'spec.internalTrafficPolicy', ['Cluster', 'Local'], causes);
  checkEnum(spec.ipFamilyPolicy, 'spec.ipFamilyPolicy', ['PreferDualStack', 'RequireDualStack', 'SingleStack'], causes);
  for (const [index, family] of (spec.ipFamilies ?? []).entries()) checkEnum(family, `spec.ipFamilies[${index}]`, ['IPv4', 'IPv6'], causes, true);
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || (spec.externalIPs ?? []).length > 0;
  if (spec.externalTrafficPolicy !== undefined && spec.externalTrafficPolicy !== '' && !external) {
    causes.invalid('spec.externalTrafficPolicy', spec.externalTrafficPolicy, 'may only be set for externally-accessible services');
  }
  if (spec.type !== 'LoadBalancer') {
    for (const part of ['loadBalancerClass', 'allocateLoadBalancerNodePorts'] as const) {
      if (spec[part] !== undefined) causes.forbidden(`spec.${part}`, "may only be used when `type` is 'LoadBalancer'");
    }
  }
}

/** A change to a Service: a cluster IP stays as long as the type keeps one. */
export function checkServiceChange(next: Service, old: Service, causes: Causes): void {
  const kept = old.spec.type !== 'ExternalName' && next.spec.type !== 'ExternalName';
  const [before, after] = [old.spec.clusterIP ?? '', next.spec.clusterIP ?? ''];
  if (kept && before !== '' && after !== before) causes.invalid('spec.clusterIPs[0]', next.spec.clusterIPs ?? [after], 'may not change once set');
  if (kept && next.spec.type === 'LoadBalancer' && old.spec.type === 'LoadBalancer' && !isEqual(next.spec.loadBalancerClass, old.spec.loadBalancerClass)) {
    checkImmutable(next.spec.loadBalancerClass, old.spec.loadBalancerClass, 'spec.loadBalancerClass', causes, 'may not change once set');
  }
}
