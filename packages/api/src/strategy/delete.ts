import type { Pod } from '../core/v1/index.ts';
import type { Kind } from '../kind.ts';
import type { KubeObject } from '../meta/object.ts';
import { traitsOf } from './traits.ts';

/**
 * Seconds that a deletion waits for the node agent: what the client asked for, else what the object says. Zero means
 * that the object may go at once (finalizers aside).
 */
export function gracePeriodOf(kind: Kind, object: KubeObject, requested: number | undefined): number {
  if (!traitsOf(kind).gracefulDeletion) return 0;
  const pod = object as Pod;
  // Nothing runs for a pod that no node has taken, or that has ended.
  const nothingRuns = (pod.spec.nodeName ?? '') === '' || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded';
  if (nothingRuns) return 0;
  const seconds = requested ?? pod.spec.terminationGracePeriodSeconds ?? 30;
  // A negative period is upstream's way of saying "at once, but tell the node".
  return seconds < 0 ? 1 : seconds;
}
