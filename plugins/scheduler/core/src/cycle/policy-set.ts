import type { ClusterEvent, FilterPolicy, ScorePolicy } from '@keelson/sdk/scheduler';

/** Settings of the scheduler that shape the set. */
export interface PolicySettings {
  /** Filters run in this order; those not named run after, as they come. The first that refuses a node gives its reason. */
  readonly filterOrder: readonly string[];
  /** By policy name; 0 switches a score off. */
  readonly weights: Readonly<Record<string, number>>;
}

export interface WeightedScore {
  readonly policy: ScorePolicy;
  readonly weight: number;
}

/** The policies of one scheduler, ordered and weighted; replaced as a whole when contributions change. */
export interface PolicySet {
  readonly filters: readonly FilterPolicy[];
  readonly scores: readonly WeightedScore[];
}

/** Verdicts are bytes and 0 means feasible. */
const maxFilters = 254;

export function policySet(filters: readonly FilterPolicy[], scores: readonly ScorePolicy[], settings: PolicySettings): PolicySet {
  if (filters.length > maxFilters) throw new RangeError(`${filters.length} filter policies are more than the ${maxFilters} that the scheduler can tell apart`);
  const rank = (policy: FilterPolicy): number => {
    const at = settings.filterOrder.indexOf(policy.name);
    return at < 0 ? settings.filterOrder.length : at;
  };
  return {
    filters: [...filters].sort((a, b) => rank(a) - rank(b)),
    scores: scores
      .map((policy) => ({ policy, weight: settings.weights[policy.name] ?? policy.weight ?? 1 }))
      .filter(({ weight }) => weight > 0),
  };
}

/** True if one of the policies that refused the pod wants another try after this event (or the policy is gone). */
export function wantsRetry(set: PolicySet, refusedBy: ReadonlySet<string>, event: ClusterEvent): boolean {
  if (refusedBy.size === 0) return true;
  for (const name of refusedBy) {
    const policy = set.filters.find((filter) => filter.name === name);
    if (policy?.retryOn?.includes(event) ?? true) return true;
  }
  return false;
}
