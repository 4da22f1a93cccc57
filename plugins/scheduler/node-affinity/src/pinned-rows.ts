import type { NodeSelectorTerm } from '@keelson/api/core/v1';
import type { ClusterSnapshot } from '@keelson/sdk/scheduler';

/**
 * Rows of the only nodes that can match when every term names nodes (as the pods of a DaemonSet do); undefined when
 * some term does not. Saves looking at thousands of nodes for a pod that is meant for one.
 */
export function pinnedRows(terms: readonly NodeSelectorTerm[], snapshot: ClusterSnapshot): readonly number[] | undefined {
  const rows = new Set<number>();
  for (const term of terms) {
    const named = (term.matchFields ?? []).find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (named === undefined) return undefined;
    for (const name of named.values ?? []) {
      const row = snapshot.rowOf(name);
      if (row !== undefined) rows.add(row);
    }
  }
  return terms.length === 0 ? undefined : [...rows];
}
