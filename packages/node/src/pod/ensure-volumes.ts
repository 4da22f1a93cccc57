import type { PodContext } from './pod-context.ts';

/** Makes the pod's volumes; false when one is not to be had now: its event says why, and it is tried again. */
export async function ensureVolumes({ volumes, signal, wakeAt }: PodContext): Promise<boolean> {
  if (volumes === undefined || volumes.ready) return true;
  const next = await volumes.ensure(signal);
  if (next === undefined) return true;
  wakeAt(next);
  return false;
}
