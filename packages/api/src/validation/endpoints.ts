import type { Endpoints, EndpointAddress, EndpointPort as LegacyPort } from '../core/v1/index.ts';
import type { Endpoint, EndpointPort, EndpointSlice } from '../discovery/v1/index.ts';
import { checkDns1123Label, checkDns1123Subdomain, checkQualifiedName } from '../names/index.ts';
import { checkEndpointAddress } from './addresses.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkImmutable, checkName, checkPort, isAddressV4, isAddressV6 } from './rules.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];
const limits = { endpoints: 1000, addresses: 100, ports: 20_000 };

/** An Endpoints object. */
export function checkEndpoints({ subsets }: Endpoints, causes: Causes): void {
  for (const [index, { addresses, notReadyAddresses, ports }] of (subsets ?? []).entries()) {
    const at = `subsets[${index}]`;
    if ((addresses ?? []).length + (notReadyAddresses ?? []).length === 0) causes.required(at, 'must specify `addresses` or `notReadyAddresses`');
    for (const [position, address] of (addresses ?? []).entries()) checkAddress(address, `${at}.addresses[${position}]`, causes);
    for (const [position, address] of (notReadyAddresses ?? []).entries()) checkAddress(address, `${at}.notReadyAddresses[${position}]`, causes);
    const needsName = (ports ?? []).length > 1;
    for (const [position, port] of (ports ?? []).entries()) checkLegacyPort(port, `${at}.ports[${position}]`, needsName, causes);
  }
}

function checkAddress({ ip, hostname, nodeName }: EndpointAddress, field: string, causes: Causes): void {
  checkEndpointAddress(ip ?? '', `${field}.ip`, causes);
  if (hostname) checkForm(hostname, `${field}.hostname`, checkDns1123Label, causes);
  if (nodeName !== undefined) checkForm(nodeName, `${field}.nodeName`, checkDns1123Subdomain, causes);
}

function checkLegacyPort({ name, port, protocol, appProtocol }: LegacyPort, field: string, needsName: boolean, causes: Causes): void {
  if (needsName) checkName(name, `${field}.name`, checkDns1123Label, causes);
  else if (name) checkForm(name, `${field}.name`, checkDns1123Label, causes);
  checkPort(port ?? 0, `${field}.port`, causes);
  checkEnum(protocol, `${field}.protocol`, protocols, causes, true);
  if (appProtocol !== undefined) checkForm(appProtocol, `${field}.appProtocol`, checkQualifiedName, causes);
}

/** An EndpointSlice. */
export function checkEndpointSlice({ addressType, endpoints, ports }: EndpointSlice, causes: Causes): void {
  checkEnum(addressType, 'addressType', ['FQDN', 'IPv4', 'IPv6'], causes, true);
  const [endpointCount, portCount] = [(endpoints ?? []).length, (ports ?? []).length];
  if (endpointCount > limits.endpoints) causes.tooMany('endpoints', endpointCount, limits.endpoints);
  else for (const [index, endpoint] of (endpoints ?? []).entries()) checkEndpoint(endpoint, addressType, `endpoints[${index}]`, causes);
  if (portCount > limits.ports) causes.tooMany('ports', portCount, limits.ports);
  else checkPorts(ports ?? [], causes);
}

function checkEndpoint({ addresses, hostname }: Endpoint, addressType: string, field: string, causes: Causes): void {
  const count = (addresses ?? []).length;
  if (count === 0) causes.required(`${field}.addresses`, 'must contain at least 1 address');
  else if (count > limits.addresses) causes.tooMany(`${field}.addresses`, count, limits.addresses);
  for (const [position, address] of (addresses ?? []).entries()) {
    const at = `${field}.addresses[${position}]`;
    if (addressType === 'FQDN') checkForm(address, at, checkDns1123Subdomain, causes);
    else if (addressType === 'IPv4' && !isAddressV4(address)) causes.invalid(at, address, 'must be an IPv4 address');
    else if (addressType === 'IPv6' && !isAddressV6(address)) causes.invalid(at, address, 'must be an IPv6 address');
    else if (addressType === 'IPv4' || addressType === 'IPv6') checkEndpointAddress(address, at, causes);
  }
  if (hostname !== undefined) checkForm(hostname, `${field}.hostname`, checkDns1123Label, causes);
}

function checkPorts(ports: readonly EndpointPort[], causes: Causes): void {
  const names = new Set<string>();
  for (const [index, { name = '', protocol, port, appProtocol }] of ports.entries()) {
    const at = `ports[${index}]`;
    if (name !== '') checkForm(name, `${at}.name`, checkDns1123Label, causes);
    if (names.has(name)) causes.duplicate(`${at}.name`, name);
    names.add(name);
    checkEnum(protocol, `${at}.protocol`, protocols, causes, true);
    checkPort(port, `${at}.port`, causes);
    if (appProtocol !== undefined) checkForm(appProtocol, `${at}.appProtocol`, checkQualifiedName, causes);
  }
}

/** A change to an EndpointSlice. */
export function checkEndpointSliceChange(next: EndpointSlice, old: EndpointSlice, causes: Causes): void {
  checkImmutable(next.addressType, old.addressType, 'addressType', causes);
}
