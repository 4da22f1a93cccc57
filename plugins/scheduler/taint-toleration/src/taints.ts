import type { Taint } from '@keelson/api/core/v1';
import type { NodeAttribute } from '@keelson/sdk/scheduler';

/** A node's taints; nodes with the same list share one entry, so each list is judged once per pod. */
export const taints: NodeAttribute<readonly Taint[]> = {
  name: 'spec.taints',
  of: (node) => node.spec.taints ?? [],
  key: (list) => (list.length === 0 ? '' : JSON.stringify(list.map(({ key, value, effect }) => [key, value ?? '', effect]))),
};
