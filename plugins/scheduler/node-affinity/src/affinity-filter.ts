import type { FilterPolicy } from '@keelson/sdk/scheduler';
import { pinnedRows } from './pinned-rows.ts';
import { selectorTest, termTest, type RowTest } from './row-test.ts';

/** Node selector and required node affinity: both must hold, of the affinity's terms one. */
export const affinityFilter: FilterPolicy = {
  name: 'node-affinity',
  retryOn: ['node-add', 'node-labels'],
  shape: ({ pod }) => JSON.stringify([pod.spec.nodeSelector, pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution]),
  prepare({ pod }, snapshot) {
    const tests: RowTest[] = [];
    const selector = pod.spec.nodeSelector;
    if (selector !== undefined && Object.keys(selector).length > 0) tests.push(selectorTest(selector, snapshot));
    const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    if (required !== undefined) {
      const terms = required.nodeSelectorTerms.map((term) => termTest(term, snapshot));
      tests.push((row) => terms.some((test) => test(row)));
    }
    if (tests.length === 0) return undefined;
    const rows = required === undefined ? undefined : pinnedRows(required.nodeSelectorTerms, snapshot);
    return {
      ...(rows === undefined ? {} : { only: { rows, reason: "node(s) didn't satisfy plugin(s) [NodeAffinity]" } }),
      run(list, from, to, verdicts, code) {
        for (let at = from; at < to; at++) {
          if (verdicts[at] !== 0) continue;
          for (const test of tests) if (!test(list[at]!)) verdicts[at] = code;
        }
      },
      reasons: () => ["node(s) didn't match Pod's node affinity/selector"],
      unresolvable: () => true,
    };
  },
};
