import type { NodeTable } from '../snapshot/node-table.ts';
import type { FilterResult } from './filter-phase.ts';
import type { Scratch } from './scratch.ts';

/** Why no node can run a pod. */
export interface Diagnosis {
  readonly nodes: number;
  /** Number of nodes by reason. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Policies that refused at least one node. */
  readonly refusedBy: ReadonlySet<string>;
  /** Rows where removing pods might help. */
  readonly resolvableRows: readonly number[];
}

/** Words the verdicts of a filter phase; only done for pods that fit nowhere. */
export function diagnose(table: NodeTable, scratch: Scratch, result: FilterResult): Diagnosis {
  const reasons = new Map<string, number>();
  const refusedBy = new Set<string>();
  const resolvableRows: number[] = [];
  const count = (reason: string, times: number): Map<string, number> => reasons.set(reason, (reasons.get(reason) ?? 0) + times);
  for (let at = 0; at < result.evaluated; at++) {
    const verdict = scratch.verdicts[at]!;
    if (verdict === 0) continue;
    const { policy, plan } = result.plans[verdict - 1]!;
    const row = scratch.rows[at]!;
    refusedBy.add(policy);
    for (const reason of plan.reasons(row)) count(reason, 1);
    if (plan.unresolvable?.(row) !== true) resolvableRows.push(row);
  }
  if (result.pinned !== undefined) {
    const excluded = table.nodeCount - result.evaluated;
    if (excluded > 0) count(result.pinned.plan.only!.reason, excluded);
    refusedBy.add(result.pinned.policy);
  }
  return { nodes: table.nodeCount, reasons, refusedBy, resolvableRows };
}

/** `0/5 nodes are available: 2 Insufficient cpu, 3 node(s) were unschedulable.`, reasons sorted as upstream sorts them. */
export function fitErrorText(nodes: number, reasons: ReadonlyMap<string, number>): string {
  const lines = [...reasons].map(([reason, times]) => `${times} ${reason}`).sort();
  return `0/${nodes} nodes are available: ${lines.join(', ')}.`;
}
