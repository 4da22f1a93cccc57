import type { Lease } from '../coordination/v1/index.ts';
import type { PodDisruptionBudget } from '../policy/v1/index.ts';
import type { PriorityClass } from '../scheduling/v1/index.ts';
import type { Causes } from './causes.ts';
import { checkCountOrPercent, checkEnum, checkImmutable, checkNonNegative, checkPositive, checkSelector } from './rules.ts';

/** A PodDisruptionBudget. */
export function checkPodDisruptionBudget({ spec = {} }: PodDisruptionBudget, causes: Causes): void {
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined) causes.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set');
  checkCountOrPercent(spec.minAvailable, 'spec.minAvailable', causes, true);
  checkCountOrPercent(spec.maxUnavailable, 'spec.maxUnavailable', causes, true);
  checkEnum(spec.unhealthyPodEvictionPolicy, 'spec.unhealthyPodEvictionPolicy', ['AlwaysAllow', 'IfHealthyBudget'], causes);
  checkSelector(spec.selector, 'spec.selector', causes);
}

/** A Lease. */
export function checkLease({ spec = {} }: Lease, causes: Causes): void {
  checkPositive(spec.leaseDurationSeconds, 'spec.leaseDurationSeconds', causes);
  checkNonNegative(spec.leaseTransitions, 'spec.leaseTransitions', causes);
  checkEnum(spec.strategy, 'spec.strategy', ['OldestEmulationVersion'], causes);
  if (spec.preferredHolder && !spec.strategy) causes.forbidden('spec.preferredHolder', 'may only be specified if `strategy` is defined');
}

/** Priorities above this belong to the system. */
const highestUserPriority = 1_000_000_000;
const systemClasses: Readonly<Record<string, number>> = { 'system-cluster-critical': 2_000_000_000, 'system-node-critical': 2_000_001_000 };

/** A PriorityClass. */
export function checkPriorityClass({ metadata, value = 0, preemptionPolicy }: PriorityClass, causes: Causes): void {
  if (metadata.name?.startsWith('system-')) checkSystemClass(metadata.name, value, causes);
  else if (value > highestUserPriority) causes.forbidden('value', `maximum allowed value of a user defined priority is ${highestUserPriority}`);
  checkEnum(preemptionPolicy, 'preemptionPolicy', ['Never', 'PreemptLowerPriority'], causes);
}

function checkSystemClass(name: string, value: number, causes: Causes): void {
  const expected = systemClasses[name];
  if (expected === value) return;
  const error = expected === undefined ? `${name} is not a known system priority class` : `value of ${name} PriorityClass must be ${expected}`;
  causes.forbidden('metadata.name', `priority class names with 'system-' prefix are reserved for system use only. error: ${error}`);
}

/** A change to a PriorityClass. */
export function checkPriorityClassChange(next: PriorityClass, old: PriorityClass, causes: Causes): void {
  if (next.value !== old.value) causes.forbidden('value', 'may not be changed in an update.');
  checkImmutable(next.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy', causes);
}
