import type { Random } from '@keelson/sdk';
import type { PodInfo } from '@keelson/sdk/scheduler';
import type { NodeTable } from '../snapshot/node-table.ts';
import { scorePlan } from './compiled-policy.ts';
import type { PolicySet } from './policy-set.ts';
import type { Scratch } from './scratch.ts';

/** One policy's part in a row's sum, after weight; for reports. */
export interface ScorePart {
  readonly policy: string;
  readonly weight: number;
  /** By position in `scratch.feasible`, before weight. */
  readonly scores: Float64Array;
}

export interface ScoreRequest {
  readonly pod: PodInfo;
  readonly table: NodeTable;
  readonly policies: PolicySet;
  readonly scratch: Scratch;
  readonly feasible: number;
  /** Told of every policy's scores; absent on the hot path. */
  readonly report?: (part: ScorePart) => void;
  /** A score policy that throws counts 0 for this pod: a preference must not stop placement. */
  readonly onFault: (policy: string, error: unknown) => void;
}

/** Sums the weighted scores of the feasible rows into `scratch.totals`. */
export function runScores({ pod, table, policies, scratch, feasible, report, onFault }: ScoreRequest): void {
  const { totals, scores } = scratch;
  totals.fill(0, 0, feasible);
  for (const { policy, weight } of policies.scores) {
    try {
      const plan = scorePlan(policy, pod, table);
      if (plan === undefined) continue;
      plan(scratch.feasible, feasible, scores);
    } catch (error) {
      onFault(policy.name, error);
      continue;
    }
    for (let at = 0; at < feasible; at++) totals[at] = totals[at]! + weight * scores[at]!;
    report?.({ policy: policy.name, weight, scores: scores.slice(0, feasible) });
  }
}

/** Position of the highest total; among equals each is as likely as the others, at the price of one random number. */
export function pickBest(totals: Float64Array, count: number, random: Random): number {
  let best = -1;
  let ties = 0;
  let first = 0;
  for (let at = 0; at < count; at++) {
    const total = totals[at]!;
    if (total > best) {
      best = total;
      ties = 1;
      first = at;
    } else if (total === best) {
      ties++;
    }
  }
  if (ties <= 1) return first;
  let skip = random.int(ties);
  for (let at = first; ; at++) if (totals[at] === best && skip-- === 0) return at;
}
