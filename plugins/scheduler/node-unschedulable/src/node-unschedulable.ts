import type { FilterPolicy, NodeAttribute } from '@keelson/sdk/scheduler';
import { toleratesCordon } from './toleration.ts';

const cordoned: NodeAttribute<boolean> = {
  name: 'spec.unschedulable',
  of: (node) => node.spec.unschedulable === true,
  key: String,
};

/** Upstream's NodeUnschedulable: a cordoned node takes no new pod, unless the pod tolerates it. */
export const nodeUnschedulable: FilterPolicy = {
  name: 'node-unschedulable',
  retryOn: ['node-add', 'node-unschedulable'],
  shape: ({ pod }) => String(toleratesCordon(pod)),
  prepare({ pod }, snapshot) {
    const { ids, values } = snapshot.attribute(cordoned);
    const refused = values.indexOf(true);
    if (refused < 0 || toleratesCordon(pod)) return undefined;
    return {
      run(rows, from, to, verdicts, code) {
        for (let at = from; at < to; at++) if (verdicts[at] === 0 && ids[rows[at]!] === refused) verdicts[at] = code;
      },
      reasons: () => ['node(s) were unschedulable'],
      unresolvable: () => true,
    };
  },
};
