import type { FilterPlan, PodInfo } from '@keelson/sdk/scheduler';
import type { NodeTable } from '../snapshot/node-table.ts';
import { filterPlan } from './compiled-policy.ts';
import type { PolicySet } from './policy-set.ts';
import type { Scratch } from './scratch.ts';

/** Nodes are looked at in blocks of this many when a sample is enough. */
const block = 256;

export interface NamedPlan {
  readonly policy: string;
  readonly plan: FilterPlan;
}

/** What the filters said; rows and verdicts are in the scratch arrays. */
export interface FilterResult {
  readonly plans: readonly NamedPlan[];
  /** Entries of `scratch.feasible`. */
  readonly feasible: number;
  /** Entries of `scratch.rows` that were looked at. */
  readonly evaluated: number;
  /** The plan that named the only nodes possible: all others were not looked at. */
  readonly pinned: NamedPlan | undefined;
}

export interface FilterRequest {
  readonly pod: PodInfo;
  readonly table: NodeTable;
  readonly policies: PolicySet;
  readonly scratch: Scratch;
  /** Position in the node order to start at. */
  readonly start: number;
  /** Stop at so many feasible nodes. */
  readonly enough: number;
}

/** Runs the filters over the nodes, from `start` around the order, until enough feasible ones are found. */
export function runFilters(request: FilterRequest): FilterResult {
  const { pod, table, policies, scratch, enough } = request;
  const plans: NamedPlan[] = [];
  for (const policy of policies.filters) {
    const plan = filterPlan(policy, pod, table);
    if (plan !== undefined) plans.push({ policy: policy.name, plan });
  }
  const pinned = plans.find(({ plan }) => plan.only !== undefined);
  const count = layOut(request, pinned?.plan.only?.rows);
  const step = enough >= count ? Math.max(1, count) : block;
  const { rows, verdicts, feasible } = scratch;
  let found = 0;
  let at = 0;
  while (at < count && found < enough) {
    const to = Math.min(count, at + step);
    for (let index = 0; index < plans.length; index++) plans[index]!.plan.run(rows, at, to, verdicts, index + 1);
    for (; at < to && found < enough; at++) if (verdicts[at] === 0) feasible[found++] = rows[at]!;
  }
  return { plans, feasible: found, evaluated: at, pinned };
}

/** Writes the rows to look at into the scratch; returns how many. */
function layOut({ table, scratch, start }: FilterRequest, onlyRows: readonly number[] | undefined): number {
  if (onlyRows !== undefined) {
    scratch.prepare(onlyRows.length);
    scratch.rows.set(onlyRows);
    return onlyRows.length;
  }
  const { order } = table;
  scratch.prepare(order.length);
  if (start === 0) {
    scratch.rows.set(order);
  } else {
    scratch.rows.set(order.subarray(start));
    scratch.rows.set(order.subarray(0, start), order.length - start);
  }
  return order.length;
}
