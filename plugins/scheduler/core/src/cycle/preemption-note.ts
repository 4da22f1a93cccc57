import type { PodInfo } from '@keelson/sdk/scheduler';
import type { NodeTable } from '../snapshot/node-table.ts';
import { fitErrorText, type Diagnosis } from './diagnosis.ts';

/**
 * What preemption could do, in upstream's words, as far as it can be known without doing it: nothing where the refusal
 * does not depend on pods or no pod has a lower priority. Undefined where it could help: that is for a preemption
 * policy to say.
 */
export function preemptionNote(pod: PodInfo, table: NodeTable, { nodes, resolvableRows }: Diagnosis): string | undefined {
  if (pod.pod.spec.preemptionPolicy === 'Never') return 'preemption: not eligible due to preemptionPolicy=Never.';
  for (const row of resolvableRows) {
    for (const other of table.podsOn(row)) if (other.priority < pod.priority) return undefined;
  }
  const reasons = new Map<string, number>();
  if (resolvableRows.length > 0) reasons.set('No preemption victims found for incoming pod', resolvableRows.length);
  if (nodes > resolvableRows.length) reasons.set('Preemption is not helpful for scheduling', nodes - resolvableRows.length);
  return `preemption: ${fitErrorText(nodes, reasons)}`;
}
