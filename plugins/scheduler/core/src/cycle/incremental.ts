import type { FilterPlan, PodInfo, ScorePlan } from '@keelson/sdk/scheduler';
import type { NodeTable } from '../snapshot/node-table.ts';
import { filterPlan, scorePlan } from './compiled-policy.ts';
import { MaxTree } from './max-tree.ts';
import type { PolicySet } from './policy-set.ts';
import type { Scratch } from './scratch.ts';
import type { ShapeEntry } from './shape-cache.ts';

interface Weighted {
  readonly plan: ScorePlan;
  readonly weight: number;
}

/** The policies' plans for a pod whose shape holds. */
export interface RowPlans {
  readonly filters: readonly FilterPlan[];
  readonly scores: readonly Weighted[];
}

/** Plans that judge each row by itself; undefined when one does not after all (it compares nodes, or names the only ones). */
export function rowPlans(pod: PodInfo, table: NodeTable, policies: PolicySet): RowPlans | undefined {
  const filters: FilterPlan[] = [];
  for (const policy of policies.filters) {
    const plan = filterPlan(policy, pod, table);
    if (plan?.only !== undefined) return undefined;
    if (plan !== undefined) filters.push(plan);
  }
  const scores: Weighted[] = [];
  for (const { policy, weight } of policies.scores) {
    const plan = scorePlan(policy, pod, table);
    if (plan !== undefined && policy.normalize !== undefined) return undefined;
    if (plan !== undefined) scores.push({ plan, weight });
  }
  return { filters, scores };
}

/** Brings an entry up to date: the rows that changed since it was, or all of them. */
export function refreshEntry(entry: ShapeEntry, plans: RowPlans, table: NodeTable, scratch: Scratch): void {
  const rowCount = table.podCount.length;
  scratch.prepare(rowCount);
  const known = entry.sequence >= 0 && entry.totals.size === rowCount;
  const changed = known ? table.changes.since(entry.sequence, scratch.rows) : undefined;
  if (changed === undefined) refreshAll(entry, plans, table, scratch);
  else judge(plans, { scratch, count: dropGone(entry, table, scratch.rows, changed), write: (row, total) => mark(entry, row, total) });
  entry.sequence = table.changes.sequence;
}

function refreshAll(entry: ShapeEntry, plans: RowPlans, table: NodeTable, scratch: Scratch): void {
  const totals = new MaxTree(table.podCount.length);
  entry.totals = totals;
  entry.feasible = 0;
  scratch.rows.set(table.order);
  const write = (row: number, total: number): void => {
    if (total >= 0) entry.feasible++;
    totals.put(row, total);
  };
  judge(plans, { scratch, count: table.order.length, write });
  totals.rebuild();
}

/** Rows without a node are infeasible and not judged. */
function dropGone(entry: ShapeEntry, table: NodeTable, rows: Int32Array, count: number): number {
  let kept = 0;
  for (let at = 0; at < count; at++) {
    const row = rows[at]!;
    if (table.has(row)) rows[kept++] = row;
    else mark(entry, row, -1);
  }
  return kept;
}

interface Judging {
  readonly scratch: Scratch;
  /** Entries of `scratch.rows` to judge. */
  readonly count: number;
  readonly write: (row: number, total: number) => void;
}

function judge(plans: RowPlans, { scratch, count, write }: Judging): void {
  const { rows, verdicts, feasible, scores, totals } = scratch;
  for (const plan of plans.filters) plan.run(rows, 0, count, verdicts, 1);
  let found = 0;
  for (let at = 0; at < count; at++) {
    if (verdicts[at] === 0) feasible[found++] = rows[at]!;
    else write(rows[at]!, -1);
  }
  totals.fill(0, 0, found);
  for (const { plan, weight } of plans.scores) {
    plan(feasible, found, scores);
    for (let at = 0; at < found; at++) totals[at] = totals[at]! + weight * scores[at]!;
  }
  for (let at = 0; at < found; at++) write(feasible[at]!, totals[at]!);
}

function mark(entry: ShapeEntry, row: number, total: number): void {
  const before = entry.totals.at(row);
  if (before < 0 && total >= 0) entry.feasible++;
  else if (before >= 0 && total < 0) entry.feasible--;
  entry.totals.set(row, total);
}
