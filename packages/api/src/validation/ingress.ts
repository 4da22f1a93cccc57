import type { HTTPIngressPath, Ingress, IngressBackend } from '../networking/v1/index.ts';
import { checkDns1123Label, checkDns1123Subdomain, checkPathSegment, checkPortName } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkName, checkPort, isAddress } from './rules.ts';

/** An Ingress. */
export function checkIngress({ spec = {} }: Ingress, causes: Causes): void {
  if ((spec.rules ?? []).length === 0 && spec.defaultBackend === undefined) causes.invalid('spec', spec.rules ?? [], 'either `defaultBackend` or `rules` must be specified');
  if (spec.defaultBackend !== undefined) checkBackend(spec.defaultBackend, 'spec.defaultBackend', causes);
  for (const [index, { host, http }] of (spec.rules ?? []).entries()) {
    const at = `spec.rules[${index}]`;
    if (host !== undefined && host !== '') checkRuleHost(host, `${at}.host`, causes);
    if (http === undefined) continue;
    if ((http.paths ?? []).length === 0) causes.required(`${at}.http.paths`);
    for (const [position, path] of (http.paths ?? []).entries()) checkPath(path, `${at}.http.paths[${position}]`, causes);
  }
  for (const [index, { hosts, secretName }] of (spec.tls ?? []).entries()) {
    for (const [position, host] of (hosts ?? []).entries()) checkHost(host, `spec.tls[${index}].hosts[${position}]`, causes);
    if (secretName) checkForm(secretName, `spec.tls[${index}].secretName`, checkDns1123Subdomain, causes);
  }
  if (spec.ingressClassName !== undefined) checkForm(spec.ingressClassName, 'spec.ingressClassName', checkDns1123Subdomain, causes);
}

function checkRuleHost(host: string, field: string, causes: Causes): void {
  if (isAddress(host)) causes.invalid(field, host, 'must be a DNS name, not an IP address');
  checkHost(host, field, causes);
}

function checkHost(host: string, field: string, causes: Causes): void {
  if (!host.includes('*')) checkForm(host, field, checkDns1123Subdomain, causes);
  else if (!host.startsWith('*.') || checkDns1123Subdomain(host.slice(2)).length > 0) {
    causes.invalid(field, host, "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
  }
}

function checkPath({ path = '', pathType, backend }: HTTPIngressPath, field: string, causes: Causes): void {
  // The rules for a path depend on its type.
  if (pathType === undefined) {
    causes.required(`${field}.pathType`, 'pathType must be specified');
    return;
  }
  checkEnum(pathType, `${field}.pathType`, ['Exact', 'ImplementationSpecific', 'Prefix'], causes);
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!path.startsWith('/')) causes.invalid(`${field}.path`, path, 'must be an absolute path');
    for (const part of ['//', '/./', '/../', '%2f', '%2F']) if (path.includes(part)) causes.invalid(`${field}.path`, path, `must not contain '${part}'`);
    for (const part of ['/..', '/.']) if (path.endsWith(part)) causes.invalid(`${field}.path`, path, `cannot end with '${part}'`);
  } else if (pathType === 'ImplementationSpecific' && path !== '' && !path.startsWith('/')) causes.invalid(`${field}.path`, path, 'must be an absolute path');
  checkBackend(backend ?? {}, `${field}.backend`, causes);
}

function checkBackend({ service, resource }: IngressBackend, field: string, causes: Causes): void {
  if (service !== undefined && resource !== undefined) causes.invalid(field, '', 'cannot set both resource and service backends');
  else if (resource !== undefined) {
    if (resource.apiGroup !== undefined) checkForm(resource.apiGroup, `${field}.resource.apiGroup`, checkDns1123Subdomain, causes);
    checkName(resource.kind, `${field}.resource.kind`, checkPathSegment, causes);
    checkName(resource.name, `${field}.resource.name`, checkPathSegment, causes);
  } else if (service === undefined) causes.invalid(field, '', 'resource or service backend is required');
  else checkServiceBackend(service, field, causes);
}

function checkServiceBackend(service: NonNullable<IngressBackend['service']>, field: string, causes: Causes): void {
  checkName(service.name, `${field}.service.name`, checkDns1123Label, causes);
  const { name, number } = service.port ?? {};
  if (name && number) causes.invalid(field, '', 'cannot set both port name & port number');
  else if (name) checkForm(name, `${field}.service.port.name`, checkPortName, causes);
  else if (number) checkPort(number, `${field}.service.port.number`, causes);
  else causes.required(field, 'port name or number is required');
}
