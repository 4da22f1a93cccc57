import type { PodInfo } from '@keelson/sdk/scheduler';
import type { NodeTable } from '../snapshot/node-table.ts';
import { runFilters } from './filter-phase.ts';
import type { PolicySet } from './policy-set.ts';
import { runScores } from './score-phase.ts';
import { Scratch } from './scratch.ts';

/** What was decided about one node for one pod. */
export type NodeExplanation =
  | { readonly node: string; readonly refusedBy: string; readonly reasons: readonly string[] }
  | { readonly node: string; readonly total: number; readonly scores: readonly { readonly policy: string; readonly weight: number; readonly score: number }[] };

/** Decides for every node, without sampling and without placing the pod: refused nodes first, then by falling score. */
export function explain(pod: PodInfo, table: NodeTable, policies: PolicySet): readonly NodeExplanation[] {
  const scratch = new Scratch();
  const found = runFilters({ pod, table, policies, scratch, start: 0, enough: Infinity });
  const parts: { policy: string; weight: number; scores: Float64Array }[] = [];
  runScores({ pod, table, policies, scratch, feasible: found.feasible, report: (part) => parts.push(part), onFault: () => undefined });
  const refused: NodeExplanation[] = [];
  const looked = new Set<number>();
  for (let at = 0; at < found.evaluated; at++) {
    const row = scratch.rows[at]!;
    looked.add(row);
    const verdict = scratch.verdicts[at]!;
    if (verdict === 0) continue;
    const { policy, plan } = found.plans[verdict - 1]!;
    refused.push({ node: table.nodeAt(row).metadata.name, refusedBy: policy, reasons: plan.reasons(row) });
  }
  const { pinned } = found;
  for (const row of pinned === undefined ? [] : table.order) {
    if (!looked.has(row)) refused.push({ node: table.nodeAt(row).metadata.name, refusedBy: pinned!.policy, reasons: [pinned!.plan.only!.reason] });
  }
  const scored = Array.from({ length: found.feasible }, (_, at) => ({
    node: table.nodeAt(scratch.feasible[at]!).metadata.name,
    total: scratch.totals[at]!,
    scores: parts.map(({ policy, weight, scores }) => ({ policy, weight, score: scores[at]! })),
  }));
  return [...refused, ...scored.sort((a, b) => b.total - a.total)];
}
