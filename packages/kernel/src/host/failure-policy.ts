import type { FailurePolicy } from '@keelson/sdk';
import { ScorePolicies } from '@keelson/sdk/scheduler';
import type { HostLimits } from './options.ts';
import type { Unit } from './unit.ts';

/**
 * What happens when the plugin fails: as stated, else by what it is. A cluster cannot go on without its storage or
 * kernel parts, and schedules well enough without one of its scores; everything else is worth a restart.
 */
export function policyOf(unit: Unit): FailurePolicy {
  if (unit.policy !== undefined) return unit.policy;
  if (unit.plugin.kind === 'storage' || unit.plugin.kind === 'kernel') return 'abort';
  const scoresOnly = unit.contributions.length > 0 && unit.contributions.every(({ contributionTo }) => contributionTo === ScorePolicies.key);
  return scoresOnly ? 'disable' : 'restart';
}

/** Milliseconds to wait before restart number `attempt` (from 1): doubling, bounded. */
export function backoff(attempt: number, limits: HostLimits): number {
  return Math.min(limits.backoffMaxMs, limits.backoffFirstMs * 2 ** (attempt - 1));
}

/** Counts faults in a sliding window. */
export class FaultWindow {
  #times: number[] = [];
  readonly #limits: HostLimits;

  constructor(limits: HostLimits) {
    this.#limits = limits;
  }

  /** Adds one at `now` (monotonic milliseconds); true if that makes too many. */
  add(now: number): boolean {
    this.#times = this.#times.filter((time) => now - time < this.#limits.faultWindowMs);
    this.#times.push(now);
    return this.#times.length >= this.#limits.faults;
  }

  clear(): void {
    this.#times = [];
  }
}
