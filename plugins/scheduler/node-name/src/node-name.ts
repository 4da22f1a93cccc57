import type { FilterPolicy } from '@keelson/sdk/scheduler';

/** Upstream's NodeName: `spec.nodeName`, where it reaches the scheduler at all, is the only node possible. */
export const nodeName: FilterPolicy = {
  name: 'node-name',
  retryOn: ['node-add'],
  shape: ({ pod }) => pod.spec.nodeName ?? '',
  prepare({ pod }, snapshot) {
    const name = pod.spec.nodeName;
    if (name === undefined || name === '') return undefined;
    const wanted = snapshot.rowOf(name) ?? -1;
    return {
      run(rows, from, to, verdicts, code) {
        for (let at = from; at < to; at++) if (verdicts[at] === 0 && rows[at] !== wanted) verdicts[at] = code;
      },
      reasons: () => ["node(s) didn't match the requested node name"],
      unresolvable: () => true,
    };
  },
};
