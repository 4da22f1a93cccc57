import { normalizeByMax, type ScorePolicy } from '@keelson/sdk/scheduler';
import { termTest } from './row-test.ts';

/** Sum of the weights of the preferred terms that the node matches. */
export const affinityScore: ScorePolicy = {
  name: 'node-affinity',
  weight: 2,
  shape: ({ pod }) => (pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution === undefined ? '' : undefined),
  prepare({ pod }, snapshot) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    if (preferred.length === 0) return undefined;
    const terms = preferred.map(({ weight, preference }) => ({ weight, test: termTest(preference, snapshot) }));
    return (rows, count, scores) => {
      scores.fill(0, 0, count);
      for (const { weight, test } of terms) for (let at = 0; at < count; at++) if (test(rows[at]!)) scores[at] = scores[at]! + weight;
    };
  },
  normalize: (scores, count) => normalizeByMax(scores, count),
};
