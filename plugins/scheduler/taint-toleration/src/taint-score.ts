import { normalizeByMax, type ScorePolicy } from '@keelson/sdk/scheduler';
import { taints } from './taints.ts';
import { tolerates } from './tolerates.ts';

/** Fewer PreferNoSchedule taints that the pod does not tolerate are better. */
export const taintScore: ScorePolicy = {
  name: 'taint-toleration',
  weight: 3,
  shape: ({ pod }) => JSON.stringify(pod.spec.tolerations ?? []),
  prepare({ pod }, snapshot) {
    const { ids, values } = snapshot.attribute(taints);
    const relevant = (pod.spec.tolerations ?? []).filter(({ effect }) => effect === undefined || effect === '' || effect === 'PreferNoSchedule');
    const counts = Float64Array.from(values, (list) =>
      (list ?? []).filter((taint) => taint.effect === 'PreferNoSchedule' && !relevant.some((toleration) => tolerates(toleration, taint))).length,
    );
    // The same on every node: adding 100 everywhere decides nothing.
    if (counts.every((count) => count === 0)) return undefined;
    return (rows, count, scores) => {
      for (let at = 0; at < count; at++) scores[at] = counts[ids[rows[at]!]!]!;
    };
  },
  normalize: (scores, count) => normalizeByMax(scores, count, true),
};
