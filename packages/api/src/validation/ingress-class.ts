import type { IngressClass, IngressClassParametersReference } from '../networking/v1/index.ts';
import { checkDns1123Label, checkDns1123Subdomain, checkPathSegment } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkEnum, checkForm, checkImmutable, checkName } from './rules.ts';

const longestController = 250;

/** An IngressClass. */
export function checkIngressClass({ spec = {} }: IngressClass, causes: Causes): void {
  const controller = spec.controller ?? '';
  if (controller === '') causes.required('spec.controller');
  else {
    if (controller.length > longestController) causes.tooLong('spec.controller', longestController);
    checkDomainPath(controller, 'spec.controller', causes);
  }
  if (spec.parameters !== undefined) checkParameters(spec.parameters, 'spec.parameters', causes);
}

function checkDomainPath(value: string, field: string, causes: Causes): void {
  const slash = value.indexOf('/');
  const [domain, path] = [value.slice(0, Math.max(slash, 0)), value.slice(slash + 1)];
  if (domain === '' || path === '') {
    causes.invalid(field, value, 'must be a domain-prefixed path (such as "acme.io/foo")');
    return;
  }
  for (const message of checkDns1123Subdomain(domain)) causes.invalid(field, domain, message);
  if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path)) causes.invalid(field, path, 'Invalid path');
}

function checkParameters({ apiGroup, kind, name, namespace, scope }: IngressClassParametersReference, field: string, causes: Causes): void {
  if (apiGroup !== undefined) checkForm(apiGroup, `${field}.apiGroup`, checkDns1123Subdomain, causes);
  checkName(kind, `${field}.kind`, checkPathSegment, causes);
  checkName(name, `${field}.name`, checkPathSegment, causes);
  checkEnum(scope, `${field}.scope`, ['Cluster', 'Namespace'], causes, true);
  if (scope === 'Namespace') {
    if (namespace === undefined) causes.required(`${field}.namespace`, "`parameters.scope` is set to 'Namespace'");
    else checkForm(namespace, `${field}.namespace`, checkDns1123Label, causes);
  } else if (scope === 'Cluster' && namespace !== undefined) causes.forbidden(`${field}.namespace`, "`parameters.scope` is set to 'Cluster'");
}

/** A change to an IngressClass: its Ingresses stay with the controller that they were made for. */
export function checkIngressClassChange(next: IngressClass, old: IngressClass, causes: Causes): void {
  checkImmutable(next.spec?.controller, old.spec?.controller, 'spec.controller', causes);
}
