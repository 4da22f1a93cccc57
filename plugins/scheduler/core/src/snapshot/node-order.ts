import type { Node } from '@keelson/api/core/v1';

/** Region and zone of a node as one key; '' for a node without. */
export function zoneOf(node: Node): string {
  const labels = node.metadata.labels ?? {};
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? '';
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? '';
  return region === '' && zone === '' ? '' : `${region}:\u0000:${zone}`;
}

/** Rows taken from the zones in turn, so that a sample of the first nodes covers all zones evenly. */
export function interleave(rowsByZone: ReadonlyMap<string, readonly number[]>): Int32Array {
  const zones = [...rowsByZone.values()];
  const total = zones.reduce((sum, rows) => sum + rows.length, 0);
  const order = new Int32Array(total);
  let at = 0;
  for (let depth = 0; at < total; depth++) {
    for (const rows of zones) {
      const row = rows[depth];
      if (row !== undefined) order[at++] = row;
    }
  }
  return order;
}
