// For tests of policies: what a policy says about some nodes, in the nodes' order.
import type { Node, Pod } from '@keelson/api/core/v1';
import type { FilterPolicy, ScorePolicy } from '@keelson/sdk/scheduler';
import { filterPlan, scorePlan } from '../cycle/compiled-policy.ts';
import { NodeTable } from '../snapshot/node-table.ts';
import { podInfoOf } from '../snapshot/pod-info.ts';

/** Nodes with the pods on them, as a scheduler would hold them. */
export function tableOf(nodes: readonly Node[], pods: Readonly<Record<string, readonly Pod[]>> = {}): NodeTable {
  const table = new NodeTable();
  for (const node of nodes) table.setNode(node);
  for (const [name, placed] of Object.entries(pods)) for (const pod of placed) table.addPod(table.rowOf(name)!, podInfoOf(pod));
  return table;
}

/** Per node: the reasons of the refusal, empty for a node that fits. */
export function refusals(policy: FilterPolicy, pod: Pod, table: NodeTable): readonly (readonly string[])[] {
  const plan = filterPlan(policy, podInfoOf(pod), table);
  const rows = table.order;
  const verdicts = new Uint8Array(rows.length);
  plan?.run(rows, 0, rows.length, verdicts, 7);
  return [...rows].map((row, at) => (verdicts[at] === 7 ? (plan?.reasons(row) ?? []) : []));
}

/** Per node: the normalised score; undefined when the policy has no preference. */
export function scores(policy: ScorePolicy, pod: Pod, table: NodeTable): readonly number[] | undefined {
  const plan = scorePlan(policy, podInfoOf(pod), table);
  if (plan === undefined) return undefined;
  const out = new Float64Array(table.order.length);
  plan(table.order, table.order.length, out);
  return [...out];
}
