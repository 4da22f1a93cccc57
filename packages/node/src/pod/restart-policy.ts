import type { Pod } from '@keelson/api/core/v1';
import type { ContainerSlot } from './container-slot.ts';

/** Shall an ended container run again? The pod's policy decides; a sidecar always, an init container only after failure. */
export function shouldRestart(slot: ContainerSlot, pod: Pod): boolean {
  if (slot.ended === undefined) return true;
  if (slot.role === 'ephemeral') return false;
  if (slot.role === 'sidecar') return true;
  const policy = slot.spec.restartPolicy ?? pod.spec.restartPolicy ?? 'Always';
  const failed = slot.ended.exitCode !== 0;
  if (slot.role === 'init') return failed && policy !== 'Never';
  return policy === 'Always' || (policy === 'OnFailure' && failed);
}
