import type { ScorePolicy } from '@keelson/sdk/scheduler';

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
  let scratch = new Float64Array(0);
  return {
    name: 'node-resources-fit',
    shape: ({ requestsNonZero }) => JSON.stringify([...requestsNonZero]),
    prepare(pod, snapshot) {
      const parts = resources.flatMap(({ name, weight }) => {
        const column = snapshot.resource(name);
        // Extended resources that the pod does not ask for say nothing about it (upstream's rule).
        if (column === undefined || (name.includes('/') && !pod.requests.has(name))) return [];
        return [{ weight, column, amount: pod.requestsNonZero.get(name) ?? 0 }];
      });
      if (parts.length === 0) return undefined;
      return (rows, count, scores) => {
        if (scratch.length < count) scratch = new Float64Array(2 * count);
        const weightSums = scratch;
        weightSums.fill(0, 0, count);
        scores.fill(0, 0, count);
        for (const { weight, column, amount } of parts) {
          const { allocatable, requestedNonZero } = column;
          for (let at = 0; at < count; at++) {
            const row = rows[at]!;
            const capacity = allocatable[row]!;
            if (capacity === 0) continue;
            weightSums[at] = weightSums[at]! + weight;
            const free = capacity - requestedNonZero[row]! - amount;
            if (free > 0) scores[at] = scores[at]! + weight * Math.trunc((100 * free) / capacity);
          }
        }
        for (let at = 0; at < count; at++) scores[at] = weightSums[at] === 0 ? 0 : Math.trunc(scores[at]! / weightSums[at]!);
      };
    },
  };
}
