/** Never look for fewer feasible nodes than this (upstream's constant). */
const minFeasible = 100;

/**
 * How many feasible nodes are enough before scoring. `percentage` 0 is adaptive as upstream: 50 % less one point per
 * 125 nodes, at least 5 %.
 */
export function enoughNodes(nodes: number, percentage: number): number {
  if (nodes < minFeasible || percentage >= 100) return nodes;
  const percent = percentage > 0 ? percentage : Math.max(5, Math.trunc(50 - nodes / 125));
  return Math.max(minFeasible, Math.trunc((nodes * percent) / 100));
}
