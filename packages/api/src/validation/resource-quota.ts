import type { ResourceQuota, ScopedResourceSelectorRequirement } from '../core/v1/index.ts';
import { knownQuantity } from '../quantity/index.ts';
import type { Causes } from './causes.ts';
import { checkResourceName, isCounted, isPodResource } from './resource-names.ts';
import { checkAmount } from './resources.ts';
import { checkImmutable } from './rules.ts';

const podScopes = new Set(['BestEffort', 'CrossNamespacePodAffinity', 'NotBestEffort', 'NotTerminating', 'PriorityClass', 'Terminating']);
/** Scopes that hold or do not, whatever their value. */
const plainScopes = new Set(['BestEffort', 'CrossNamespacePodAffinity', 'NotBestEffort', 'NotTerminating', 'Terminating']);
const conflicts = [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']] as const;
const unit = 1_000_000_000n;

/** A ResourceQuota; names of scopes are a closed set that the schema knows. */
export function checkResourceQuota({ spec = {} }: ResourceQuota, causes: Causes): void {
  const hard = Object.entries(spec.hard ?? {});
  for (const [name, amount] of hard) {
    const at = `spec.hard[${name}]`;
    checkResourceName(name, 'quota', at, causes);
    checkAmount(amount, at, causes);
    if (isCounted(name) && knownQuantity(amount).nano % unit !== 0n) causes.invalid(at, amount, 'must be an integer');
  }
  const scopes = spec.scopes ?? [];
  for (const scope of scopes) {
    const known = podScopes.has(scope);
    if (known && hard.some(([name]) => !name.includes('/') && !covers(scope, name))) causes.invalid('spec.scopes', scopes, 'unsupported scope applied to resource');
  }
  checkConflicts(scopes, 'spec.scopes', causes);
  const wanted = spec.scopeSelector?.matchExpressions ?? [];
  for (const [index, requirement] of wanted.entries()) checkRequirement(requirement, `spec.scopeSelector.matchExpressions[${index}]`, causes);
  checkConflicts(wanted.filter(({ operator }) => operator === 'Exists').map(({ scopeName }) => scopeName), 'spec.scopeSelector.matchExpressions', causes);
}

/** Best effort pods state no amounts: only their number can be limited. */
function covers(scope: string, resource: string): boolean {
  return scope === 'BestEffort' ? resource === 'pods' : isPodResource(resource);
}

function checkConflicts(scopes: readonly string[], field: string, causes: Causes): void {
  for (const [one, other] of conflicts) if (scopes.includes(one) && scopes.includes(other)) causes.invalid(field, scopes, 'conflicting scopes');
}

function checkRequirement({ scopeName, operator, values }: ScopedResourceSelectorRequirement, field: string, causes: Causes): void {
  const count = (values ?? []).length;
  if (plainScopes.has(scopeName) && operator !== 'Exists') {
    causes.invalid(`${field}.operator`, operator ?? '', "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
  } else if (operator === 'In' || operator === 'NotIn') {
    if (count === 0) causes.required(`${field}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (count > 0) causes.invalid(`${field}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
  } else causes.invalid(`${field}.operator`, operator ?? '', 'not a valid selector operator');
}

/** A change to a ResourceQuota: what it counts was chosen once. */
export function checkResourceQuotaChange(next: ResourceQuota, old: ResourceQuota, causes: Causes): void {
  const sorted = (quota: ResourceQuota): readonly string[] => [...(quota.spec?.scopes ?? [])].sort();
  checkImmutable(sorted(next), sorted(old), 'spec.scopes', causes);
}
