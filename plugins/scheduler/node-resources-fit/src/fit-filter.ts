import type { ClusterSnapshot, FilterPlan, FilterPolicy, PodInfo, ResourceColumn } from '@keelson/sdk/scheduler';

interface Need {
  readonly resource: string;
  readonly amount: number;
  /** Undefined: no node offers it. */
  readonly column: ResourceColumn | undefined;
}

/** Filter by requests and number of pods; `ignored` are resources (exact names or `group/*`) that an extender looks after. */
export function fitFilter(ignored: readonly string[]): FilterPolicy {
  return {
    name: 'node-resources-fit',
    retryOn: ['node-add', 'node-allocatable', 'pod-delete'],
    shape: ({ requests }) => JSON.stringify([...requests]),
    prepare(pod, snapshot) {
      const needs = needsOf(pod, snapshot, ignored);
      return { run: runner(needs, snapshot), reasons: reasonsBy(needs, snapshot), unresolvable: (row) => needs.some((need) => need.amount > (need.column?.allocatable[row] ?? 0)) };
    },
  };
}

function needsOf(pod: PodInfo, snapshot: ClusterSnapshot, ignored: readonly string[]): readonly Need[] {
  const isIgnored = (resource: string): boolean => ignored.includes(resource) || ignored.includes(`${resource.slice(0, resource.indexOf('/'))}/*`);
  return [...pod.requests]
    .filter(([resource]) => ignored.length === 0 || !isIgnored(resource))
    .map(([resource, amount]) => ({ resource, amount, column: snapshot.resource(resource) }));
}

/** One pass per resource over plain arrays is faster than one pass with an inner loop over resources. */
function runner(needs: readonly Need[], { podCount, podLimit }: ClusterSnapshot): FilterPlan['run'] {
  return (rows, from, to, verdicts, code) => {
    for (let at = from; at < to; at++) {
      const row = rows[at]!;
      if (verdicts[at] === 0 && podCount[row]! >= podLimit[row]!) verdicts[at] = code;
    }
    for (const { column, amount } of needs) {
      if (column === undefined) {
        for (let at = from; at < to; at++) if (verdicts[at] === 0) verdicts[at] = code;
        return;
      }
      const { allocatable, requested } = column;
      for (let at = from; at < to; at++) {
        const row = rows[at]!;
        if (verdicts[at] === 0 && amount > allocatable[row]! - requested[row]!) verdicts[at] = code;
      }
    }
  };
}

/** Upstream's words, one per lacking resource. */
function reasonsBy(needs: readonly Need[], { podCount, podLimit }: ClusterSnapshot): (row: number) => readonly string[] {
  return (row) => {
    const lacking = needs.filter(({ amount, column }) => column === undefined || amount > column.allocatable[row]! - column.requested[row]!);
    return [...(podCount[row]! >= podLimit[row]! ? ['Too many pods'] : []), ...lacking.map(({ resource }) => `Insufficient ${resource}`)];
  };
}
