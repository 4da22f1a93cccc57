import type { ResourceRequirements } from '../core/v1/index.ts';
import { checkQualifiedName } from '../names/index.ts';
import { compareQuantities, knownQuantity } from '../quantity/index.ts';
import type { Causes } from './causes.ts';
import { checkForm } from './rules.ts';

const standardContainerResources = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** Amounts that a container asks for and is limited to. */
export function checkResources(resources: ResourceRequirements | undefined, field: string, causes: Causes): void {
  if (resources === undefined) return;
  for (const part of ['limits', 'requests'] as const) {
    for (const [name, amount] of Object.entries(resources[part] ?? {})) {
      const at = `${field}.${part}`;
      checkForm(name, `${at}[${name}]`, checkQualifiedName, causes);
      if (!name.includes('/') && !standardContainerResources.has(name) && !name.startsWith('hugepages-')) {
        causes.invalid(`${at}[${name}]`, name, 'must be a standard resource for containers');
      }
      checkAmount(amount, `${at}[${name}]`, causes);
    }
  }
  for (const [name, request] of Object.entries(resources.requests ?? {})) {
    const limit = resources.limits?.[name];
    if (limit === undefined) continue;
    const order = compareQuantities(knownQuantity(request), knownQuantity(limit));
    if (mustEqual(name)) {
      if (order !== 0) causes.invalid(`${field}.requests`, request, `must be equal to ${name} limit of ${limit}`);
    } else if (order > 0) causes.invalid(`${field}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`);
  }
}

/** Extended resources and huge pages cannot be overcommitted. */
function mustEqual(name: string): boolean {
  return name.startsWith('hugepages-') || (name.includes('/') && !name.includes('kubernetes.io/'));
}

/** Not negative. */
export function checkAmount(amount: string, field: string, causes: Causes): void {
  if (knownQuantity(amount).nano < 0n) causes.invalid(field, amount, 'must be greater than or equal to 0');
}
