import type { Taint, Toleration } from '@keelson/api/core/v1';
import type { FilterPolicy } from '@keelson/sdk/scheduler';
import { taints } from './taints.ts';
import { tolerates } from './tolerates.ts';

/** Refuses nodes with a NoSchedule or NoExecute taint that the pod does not tolerate. */
export const taintFilter: FilterPolicy = {
  name: 'taint-toleration',
  retryOn: ['node-add', 'node-taints'],
  shape: ({ pod }) => JSON.stringify(pod.spec.tolerations ?? []),
  prepare({ pod }, snapshot) {
    const tolerations = pod.spec.tolerations ?? [];
    const { ids, values } = snapshot.attribute(taints);
    const untolerated = values.map((list) => list === undefined ? undefined : firstUntolerated(list, tolerations));
    if (untolerated.every((taint) => taint === undefined)) return undefined;
    const refused = Uint8Array.from(untolerated, (taint) => (taint === undefined ? 0 : 1));
    return {
      run(rows, from, to, verdicts, code) {
        for (let at = from; at < to; at++) if (verdicts[at] === 0 && refused[ids[rows[at]!]!] === 1) verdicts[at] = code;
      },
      reasons: (row) => {
        const taint = untolerated[ids[row]!];
        return taint === undefined ? [] : [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`];
      },
      unresolvable: () => true,
    };
  },
};

function firstUntolerated(list: readonly Taint[], tolerations: readonly Toleration[]): Taint | undefined {
  return list.find((taint) => taint.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => tolerates(toleration, taint)));
}
