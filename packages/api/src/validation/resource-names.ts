import { checkQualifiedName } from '../names/index.ts';
import type { Causes } from './causes.ts';
import { checkForm } from './rules.ts';

const compute = ['cpu', 'memory', 'ephemeral-storage'];
const counted = [
  'pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps', 'persistentvolumeclaims', 'services.nodeports', 'services.loadbalancers',
];
const quota = [...compute, ...counted, 'requests.storage', ...compute.flatMap((name) => [`requests.${name}`, `limits.${name}`])];

const standard = new Set([...quota, 'storage']);
const ofQuota = new Set(quota);
const integers = new Set(counted);

/** Where an amount is stated: each place knows other names without a domain. */
export type ResourcePlace = 'anywhere' | 'container' | 'quota';

/** The name of a resource: a standard one, or one with a domain of its own. */
export function checkResourceName(name: string, place: ResourcePlace, field: string, causes: Causes): void {
  const before = causes.list.length;
  checkForm(name, field, checkQualifiedName, causes);
  if (causes.list.length > before || name.includes('/')) return;
  const huge = name.startsWith('hugepages-');
  if (place === 'container') {
    if (!huge && !compute.includes(name)) causes.invalid(field, name, 'must be a standard resource for containers');
    return;
  }
  const hugeQuota = name.startsWith('requests.hugepages-');
  if (!standard.has(name) && !huge && !hugeQuota) causes.invalid(field, name, 'must be a standard resource type or fully qualified');
  if (place === 'quota' && !ofQuota.has(name) && !huge && !hugeQuota) causes.invalid(field, name, 'must be a standard resource for quota');
}

/** Whether a resource is counted in whole objects. */
export function isCounted(name: string): boolean {
  return integers.has(name) || name.startsWith('count/');
}

/** Whether a standard resource is about pods and their containers, so that pod scopes apply to it. */
export function isPodResource(name: string): boolean {
  return name === 'pods' || ['cpu', 'memory'].some((base) => name === base || name === `requests.${base}` || name === `limits.${base}`);
}
