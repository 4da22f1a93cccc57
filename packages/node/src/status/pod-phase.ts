import type { ContainerSlot } from '../pod/container-slot.ts';
import type { PodState } from '../pod/pod-state.ts';

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed';

/** Upstream's rules for `status.phase`. */
export function podPhase(state: PodState): PodPhase {
  const { apps, inits } = state;
  const policy = state.pod.spec.restartPolicy ?? 'Always';
  if (state.failure !== undefined) return 'Failed';
  if (policy === 'Never' && inits.some(initFailed)) return 'Failed';
  if (state.terminated) return apps.every(({ ended }) => ended?.exitCode === 0) && !inits.some(initFailed) ? 'Succeeded' : 'Failed';
  if (apps.every(({ created }) => created === 0) && inits.some(initPending)) return 'Pending';
  if (apps.some(isWaiting)) return 'Pending';
  if (apps.some(({ running }) => running) || inits.some(({ role, running }) => role === 'sidecar' && running)) return 'Running';
  const ended = apps.map((slot) => slot.ended ?? slot.lastEnded);
  if (policy === 'Always') return 'Running';
  if (ended.every((end) => end?.exitCode === 0)) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

/** Has not run yet; one that waits for its next start counts as stopped. */
function isWaiting(slot: ContainerSlot): boolean {
  return !slot.running && slot.ended === undefined && slot.lastEnded === undefined;
}

function initPending(slot: ContainerSlot): boolean {
  return slot.role === 'sidecar' ? !(slot.running && slot.started) : slot.ended?.exitCode !== 0;
}

function initFailed(slot: ContainerSlot): boolean {
  return slot.role === 'init' && !slot.running && slot.ended !== undefined && slot.ended.exitCode !== 0;
}
