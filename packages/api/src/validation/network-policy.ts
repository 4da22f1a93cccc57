import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../networking/v1/index.ts';
import { checkPortName } from '../names/index.ts';
import { checkCidr, isStrictSubnet } from './addresses.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkPort, checkSelector, isCidr } from './rules.ts';

/** A NetworkPolicy. */
export function checkNetworkPolicy({ spec = {} }: NetworkPolicy, causes: Causes): void {
  checkSelector(spec.podSelector, 'spec.podSelector', causes);
  for (const [index, rule] of (spec.ingress ?? []).entries()) checkRule(rule.ports, rule.from, { field: `spec.ingress[${index}]`, side: 'from', causes });
  for (const [index, rule] of (spec.egress ?? []).entries()) checkRule(rule.ports, rule.to, { field: `spec.egress[${index}]`, side: 'to', causes });
  const types = spec.policyTypes ?? [];
  if (types.length > 2) causes.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes');
  else for (const [index, type] of types.entries()) checkEnum(type, `spec.policyTypes[${index}]`, ['Egress', 'Ingress'], causes, true);
}

interface Place {
  readonly field: string;
  readonly side: 'from' | 'to';
  readonly causes: Causes;
}

function checkRule(ports: readonly NetworkPolicyPort[] | undefined, peers: readonly NetworkPolicyPeer[] | undefined, { field, side, causes }: Place): void {
  for (const [index, port] of (ports ?? []).entries()) checkPolicyPort(port, `${field}.ports[${index}]`, causes);
  for (const [index, peer] of (peers ?? []).entries()) checkPeer(peer, `${field}.${side}[${index}]`, causes);
}

function checkPolicyPort({ port, endPort, protocol }: NetworkPolicyPort, field: string, causes: Causes): void {
  checkEnum(protocol, `${field}.protocol`, ['SCTP', 'TCP', 'UDP'], causes);
  if (typeof port === 'string') checkForm(port, `${field}.port`, checkPortName, causes);
  else checkPort(port, `${field}.port`, causes);
  if (endPort === undefined) return;
  const at = `${field}.endPort`;
  if (port === undefined) causes.invalid(at, endPort, 'may not be specified when `port` is not specified');
  else if (typeof port === 'string') causes.invalid(at, endPort, 'may not be specified when `port` is non-numeric');
  else {
    if (endPort < port) causes.invalid(at, endPort, 'must be greater than or equal to `port`');
    checkPort(endPort, at, causes);
  }
}

function checkPeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, field: string, causes: Causes): void {
  checkSelector(podSelector, `${field}.podSelector`, causes);
  checkSelector(namespaceSelector, `${field}.namespaceSelector`, causes);
  if (ipBlock !== undefined) checkBlock(ipBlock, `${field}.ipBlock`, causes);
  if (podSelector === undefined && namespaceSelector === undefined && ipBlock === undefined) causes.required(field, 'must specify a peer');
  else if (ipBlock !== undefined && (podSelector !== undefined || namespaceSelector !== undefined)) causes.forbidden(field, 'may not specify both ipBlock and another peer');
}

function checkBlock({ cidr, except }: IPBlock, field: string, causes: Causes): void {
  if (!cidr) {
    causes.required(`${field}.cidr`);
    return;
  }
  checkCidr(cidr, `${field}.cidr`, causes);
  for (const [index, hole] of (except ?? []).entries()) {
    checkCidr(hole, `${field}.except[${index}]`, causes);
    if (isCidr(cidr) && isCidr(hole) && !isStrictSubnet(hole, cidr)) causes.invalid(`${field}.except[${index}]`, hole, 'must be a strict subset of `cidr`');
  }
}
