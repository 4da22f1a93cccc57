import type { ResourceColumn, ScorePlan, ScorePolicy } from '@keelson/sdk/scheduler';

/** A resource that counts in the score. */
export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}

/**
 * Upstream's LeastAllocated: the free share of each resource after the pod, 0…100, weighted mean, whole numbers. A
 * resource that a node does not have does not count for that node.
 */
export function leastAllocated(resources: readonly ResourceWeight[]): ScorePolicy {
  return {
    name: 'node-resources-fit',
    shape: ({ requestsNonZero }) => JSON.stringify([...requestsNonZero]),
    prepare(pod, snapshot) {
      const parts = resources.flatMap(({ name, weight }): readonly Part[] => {
        const column = snapshot.resource(name);
        // Extended resources that the pod does not ask for say nothing about it (upstream's rule).
        if (column === undefined || (name.includes('/') && !pod.requests.has(name))) return [];
        return [{ weight, column, amount: pod.requestsNonZero.get(name) ?? 0 }];
      });
      const [one, two] = parts;
      if (one === undefined) return undefined;
      if (parts.length === 2 && two !== undefined) return scorePair(one, two);
      return (rows, count, scores) => {
        for (let at = 0; at < count; at++) scores[at] = scoreOf(parts, rows[at]!);
      };
    },
  };
}

interface Part {
  readonly weight: number;
  readonly column: ResourceColumn;
  readonly amount: number;
}

/** The usual two resources, without a loop inside the loop; `| 0` cuts off the fraction of what is at most 100. */
function scorePair(one: Part, two: Part): ScorePlan {
  const { weight: weightOne, amount: amountOne, column: { allocatable: ones, requestedNonZero: usedOnes } } = one;
  const { weight: weightTwo, amount: amountTwo, column: { allocatable: twos, requestedNonZero: usedTwos } } = two;
  return (rows, count, scores) => {
    for (let at = 0; at < count; at++) {
      const row = rows[at]!;
      const capacityOne = ones[row]!;
      const capacityTwo = twos[row]!;
      const freeOne = capacityOne - usedOnes[row]! - amountOne;
      const freeTwo = capacityTwo - usedTwos[row]! - amountTwo;
      const scoreOne = freeOne > 0 ? ((100 * freeOne) / capacityOne) | 0 : 0;
      const scoreTwo = freeTwo > 0 ? ((100 * freeTwo) / capacityTwo) | 0 : 0;
      const weights = (capacityOne > 0 ? weightOne : 0) + (capacityTwo > 0 ? weightTwo : 0);
      scores[at] = weights === 0 ? 0 : ((weightOne * scoreOne + weightTwo * scoreTwo) / weights) | 0;
    }
  };
}

function scoreOf(parts: readonly Part[], row: number): number {
  let sum = 0;
  let weights = 0;
  for (const { weight, column, amount } of parts) {
    const capacity = column.allocatable[row]!;
    if (capacity === 0) continue;
    weights += weight;
    const free = capacity - column.requestedNonZero[row]! - amount;
    if (free > 0) sum += weight * Math.trunc((100 * free) / capacity);
  }
  return weights === 0 ? 0 : Math.trunc(sum / weights);
}
