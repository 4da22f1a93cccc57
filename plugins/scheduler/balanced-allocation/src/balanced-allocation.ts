import type { ResourceColumn, ScorePolicy } from '@keelson/sdk/scheduler';

/**
 * Upstream's NodeResourcesBalancedAllocation: 100 × (1 − standard deviation of the used shares after the pod). Pods
 * without requests are left to the other scores.
 */
export function balancedAllocation(resources: readonly string[]): ScorePolicy {
  return {
    name: 'balanced-allocation',
    shape: ({ requests }) => JSON.stringify([...requests]),
    prepare(pod, snapshot) {
      if (!resources.some((name) => pod.requests.has(name))) return undefined;
      const parts = resources.flatMap((name) => {
        const column = snapshot.resource(name);
        if (column === undefined || (name.includes('/') && !pod.requests.has(name))) return [];
        return [{ column, amount: pod.requests.get(name) ?? 0 }];
      });
      return (rows, count, scores) => {
        const [first, second] = parts;
        if (parts.length === 2 && first !== undefined && second !== undefined) scorePairs(first, second, rows, count, scores);
        else for (let at = 0; at < count; at++) scores[at] = balanceOf(parts, rows[at]!);
      };
    },
  };
}

interface Part {
  readonly column: ResourceColumn;
  readonly amount: number;
}

/** The usual case of two resources: their deviation is half their distance. */
function scorePairs(one: Part, two: Part, rows: Int32Array, count: number, scores: Float64Array): void {
  const { allocatable: ones, requested: usedOnes } = one.column;
  const { allocatable: twos, requested: usedTwos } = two.column;
  for (let at = 0; at < count; at++) {
    const row = rows[at]!;
    const a = ones[row]!;
    const b = twos[row]!;
    if (a === 0 || b === 0) {
      scores[at] = 100;
      continue;
    }
    let shareA = (usedOnes[row]! + one.amount) / a;
    let shareB = (usedTwos[row]! + two.amount) / b;
    if (shareA > 1) shareA = 1;
    if (shareB > 1) shareB = 1;
    scores[at] = Math.trunc(100 * (1 - Math.abs(shareA - shareB) / 2));
  }
}

function balanceOf(parts: readonly Part[], row: number): number {
  const shares = parts.flatMap(({ column, amount }) => {
    const capacity = column.allocatable[row]!;
    return capacity === 0 ? [] : [Math.min(1, (column.requested[row]! + amount) / capacity)];
  });
  if (shares.length < 2) return 100;
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
  return Math.trunc(100 * (1 - Math.sqrt(variance)));
}
