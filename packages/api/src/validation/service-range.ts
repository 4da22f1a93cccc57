import { checkDns1123Subdomain, checkPathSegment } from '../names/index.ts';
import type { IPAddress, ServiceCIDR } from '../networking/v1/index.ts';
import { checkCidr } from './addresses.ts';
import type { Causes } from './causes.ts';
import { checkForm, checkImmutable, checkName, immutable, isCidr } from './rules.ts';

/** A ServiceCIDR: one network, or one of each family. */
export function checkServiceCIDR({ spec }: ServiceCIDR, causes: Causes): void {
  const cidrs = spec?.cidrs ?? [];
  if (cidrs.length === 0) causes.required('spec.cidrs', 'at least one CIDR required');
  if (cidrs.length > 2) {
    causes.invalid('spec.cidrs', cidrs, 'may only hold up to 2 values');
    return;
  }
  for (const [index, cidr] of cidrs.entries()) checkCidr(cidr, `spec.cidrs[${index}]`, causes);
  const [first = '', second = ''] = cidrs;
  if (isCidr(first) && isCidr(second) && first.includes(':') === second.includes(':')) {
    causes.invalid('spec.cidrs', cidrs, 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64');
  }
}

/** A change to a ServiceCIDR: a second family may join. */
export function checkServiceCIDRChange(next: ServiceCIDR, old: ServiceCIDR, causes: Causes): void {
  const [before, after] = [old.spec?.cidrs ?? [], next.spec?.cidrs ?? []];
  if (after.length < before.length) causes.invalid('spec.cidrs', after, immutable);
  else for (const [index, cidr] of before.entries()) if (cidr !== after[index]) causes.invalid(`spec.cidrs[${index}]`, after[index], immutable);
}

/** An IPAddress, which belongs to somebody. */
export function checkIPAddress({ spec }: IPAddress, causes: Causes): void {
  const parent = spec?.parentRef;
  if (parent === undefined) {
    causes.required('spec.parentRef');
    return;
  }
  if (parent.group) checkForm(parent.group, 'spec.parentRef.group', checkDns1123Subdomain, causes);
  checkName(parent.resource, 'spec.parentRef.resource', checkPathSegment, causes);
  checkName(parent.name, 'spec.parentRef.name', checkPathSegment, causes);
  if (parent.namespace) checkForm(parent.namespace, 'spec.parentRef.namespace', checkPathSegment, causes);
}

/** A change to an IPAddress. */
export function checkIPAddressChange(next: IPAddress, old: IPAddress, causes: Causes): void {
  checkImmutable(next.spec?.parentRef, old.spec?.parentRef, 'spec.parentRef', causes);
}
