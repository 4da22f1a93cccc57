import type { EndpointSlice } from '../discovery/v1/index.ts';
import type { HTTPIngressPath, Ingress, IngressBackend, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../networking/v1/index.ts';
import { checkDns1123Label, checkDns1123Subdomain, checkPortName } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkImmutable, checkName, checkPort, checkSelector, isAddress, isAddressV4, isAddressV6, isCidr, notACidr, notAnAddress } from './rules.ts';

/** An Ingress. */
export function checkIngress({ spec = {} }: Ingress, causes: Causes): void {
  if ((spec.rules ?? []).length === 0 && spec.defaultBackend === undefined) causes.invalid('spec', spec.rules ?? [], 'either `defaultBackend` or `rules` must be specified');
  if (spec.defaultBackend !== undefined) checkBackend(spec.defaultBackend, 'spec.defaultBackend', causes);
  if (spec.ingressClassName !== undefined) checkForm(spec.ingressClassName, 'spec.ingressClassName', checkDns1123Subdomain, causes);
  for (const [index, { host, http }] of (spec.rules ?? []).entries()) {
    const at = `spec.rules[${index}]`;
    if (host !== undefined && host !== '') checkHost(host, `${at}.host`, causes);
    if (http === undefined) continue;
    if ((http.paths ?? []).length === 0) causes.required(`${at}.http.paths`);
    for (const [position, path] of (http.paths ?? []).entries()) checkPath(path, `${at}.http.paths[${position}]`, causes);
  }
  for (const [index, { hosts }] of (spec.tls ?? []).entries()) {
    for (const [position, host] of (hosts ?? []).entries()) checkHost(host, `spec.tls[${index}].hosts[${position}]`, causes);
  }
}

function checkHost(host: string, field: string, causes: Causes): void {
  if (isAddress(host)) causes.invalid(field, host, 'must be a DNS name, not an IP address');
  else if (!host.includes('*')) checkForm(host, field, checkDns1123Subdomain, causes);
  else if (!host.startsWith('*.') || checkDns1123Subdomain(host.slice(2)).length > 0) {
    causes.invalid(field, host, "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
  }
}

function checkPath({ path = '', pathType, backend }: HTTPIngressPath, field: string, causes: Causes): void {
  if (pathType === undefined) causes.required(`${field}.pathType`, 'pathType must be specified');
  else checkEnum(pathType, `${field}.pathType`, ['Exact', 'ImplementationSpecific', 'Prefix'], causes);
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!path.startsWith('/')) causes.invalid(`${field}.path`, path, 'must be an absolute path');
    for (const part of ['//', '/./', '/../', '%2f', '%2F']) if (path.includes(part)) causes.invalid(`${field}.path`, path, `must not contain '${part}'`);
    for (const part of ['/..', '/.']) if (path.endsWith(part)) causes.invalid(`${field}.path`, path, `cannot end with '${part}'`);
  } else if (path !== '' && !path.startsWith('/')) causes.invalid(`${field}.path`, path, 'must be an absolute path');
  if (backend === undefined) causes.required(`${field}.backend`);
  else checkBackend(backend, `${field}.backend`, causes);
}

function checkBackend({ service, resource }: IngressBackend, field: string, causes: Causes): void {
  if (service !== undefined && resource !== undefined) {
    causes.invalid(field, '', 'cannot set both resource and service backends');
    return;
  }
  if (service === undefined && resource === undefined) causes.required(field, 'resource or service backend is required');
  if (service === undefined) return;
  checkName(service.name, `${field}.service.name`, checkDns1123Label, causes);
  const { name, number } = service.port ?? {};
  if (name && number) causes.invalid(`${field}.service.port`, service.port, 'cannot set both port name & port number');
  else if (!name && !number) causes.required(`${field}.service.port`, 'port name or number is required');
  else if (number) checkPort(number, `${field}.service.port.number`, causes);
  else if (name) checkForm(name, `${field}.service.port.name`, checkPortName, causes);
}

/** A NetworkPolicy. */
export function checkNetworkPolicy({ spec = {} }: NetworkPolicy, causes: Causes): void {
  checkSelector(spec.podSelector, 'spec.podSelector', causes);
  for (const [index, rule] of (spec.ingress ?? []).entries()) checkRule(rule.ports, rule.from, `spec.ingress[${index}]`, 'from', causes);
  for (const [index, rule] of (spec.egress ?? []).entries()) checkRule(rule.ports, rule.to, `spec.egress[${index}]`, 'to', causes);
  for (const [index, type] of (spec.policyTypes ?? []).entries()) checkEnum(type, `spec.policyTypes[${index}]`, ['Egress', 'Ingress'], causes, true);
}

function checkRule(ports: readonly NetworkPolicyPort[] | undefined, peers: readonly NetworkPolicyPeer[] | undefined, field: string, side: string, causes: Causes): void {
  for (const [index, { port, endPort, protocol }] of (ports ?? []).entries()) {
    const at = `${field}.ports[${index}]`;
    checkEnum(protocol, `${at}.protocol`, ['SCTP', 'TCP', 'UDP'], causes);
    if (typeof port === 'string') checkForm(port, `${at}.port`, checkPortName, causes);
    else checkPort(port, `${at}.port`, causes);
    if (endPort === undefined) continue;
    if (port === undefined) causes.required(`${at}.port`, 'must be specified when `endPort` is set');
    else if (typeof port === 'string') causes.invalid(`${at}.endPort`, endPort, 'may not be specified when `port` is non-numeric');
    else if (endPort < port) causes.invalid(`${at}.endPort`, endPort, 'must be greater than or equal to `port`');
  }
  for (const [index, peer] of (peers ?? []).entries()) checkPeer(peer, `${field}.${side}[${index}]`, causes);
}

function checkPeer({ podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer, field: string, causes: Causes): void {
  if (podSelector === undefined && namespaceSelector === undefined && ipBlock === undefined) causes.required(field, 'must specify a peer');
  else if (ipBlock !== undefined && (podSelector !== undefined || namespaceSelector !== undefined)) causes.forbidden(field, 'may not specify both ipBlock and another peer');
  checkSelector(podSelector, `${field}.podSelector`, causes);
  checkSelector(namespaceSelector, `${field}.namespaceSelector`, causes);
  if (ipBlock === undefined) return;
  if (!ipBlock.cidr) causes.required(`${field}.ipBlock.cidr`);
  else if (!isCidr(ipBlock.cidr)) causes.invalid(`${field}.ipBlock.cidr`, ipBlock.cidr, notACidr);
  for (const [index, except] of (ipBlock.except ?? []).entries()) if (!isCidr(except)) causes.invalid(`${field}.ipBlock.except[${index}]`, except, notACidr);
}

/** An EndpointSlice. */
export function checkEndpointSlice({ addressType, endpoints, ports }: EndpointSlice, causes: Causes): void {
  checkEnum(addressType, 'addressType', ['FQDN', 'IPv4', 'IPv6'], causes, true);
  if ((endpoints ?? []).length > 1000) causes.tooLong('endpoints', 1000);
  for (const [index, { addresses }] of (endpoints ?? []).entries()) {
    const at = `endpoints[${index}].addresses`;
    if ((addresses ?? []).length === 0) causes.required(at, 'must contain at least 1 address');
    if ((addresses ?? []).length > 100) causes.tooLong(at, 100);
    for (const [position, address] of (addresses ?? []).entries()) {
      if (addressType === 'FQDN') checkForm(address, `${at}[${position}]`, checkDns1123Subdomain, causes);
      else if (addressType === 'IPv4' ? !isAddressV4(address) : !isAddressV6(address)) {
        causes.invalid(`${at}[${position}]`, address, addressType === 'IPv4' ? 'must be an IPv4 address' : addressType === 'IPv6' ? 'must be an IPv6 address' : notAnAddress);
      }
    }
  }
  const names = new Set<string>();
  for (const [index, { name = '', protocol, port }] of (ports ?? []).entries()) {
    const at = `ports[${index}]`;
    if (name !== '') checkForm(name, `${at}.name`, checkDns1123Label, causes);
    if (names.has(name)) causes.duplicate(`${at}.name`, name);
    names.add(name);
    checkEnum(protocol, `${at}.protocol`, ['SCTP', 'TCP', 'UDP'], causes, true);
    checkPort(port, `${at}.port`, causes);
  }
}

/** A change to an EndpointSlice. */
export function checkEndpointSliceChange(next: EndpointSlice, old: EndpointSlice, causes: Causes): void {
  checkImmutable(next.addressType, old.addressType, 'addressType', causes);
}
