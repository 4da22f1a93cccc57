import { terminatedState } from '../status/container-status.ts';
import type { ContainerSlot } from './container-slot.ts';
import type { PodContext } from './pod-context.ts';
import { slotsOf } from './pod-state.ts';

/** Takes over from the runtime which containers have ended since the last look. */
export function refresh(context: PodContext): void {
  const { state, tools, stopProbes } = context;
  const { runtime } = tools;
  for (const slot of slotsOf(state)) {
    if (!slot.running) adopt(slot, context);
    if (!slot.running || slot.id === undefined) continue;
    const status = runtime.containerStatus(slot.id);
    if (status?.state === 'running') continue;
    slot.running = false;
    slot.ready = false;
    slot.started = false;
    slot.unread = true;
    stopProbes(slot);
    slot.endedAt = status?.finishedAt ?? tools.clock.now();
    slot.ended = terminatedState(
      status ?? { id: slot.id, sandboxId: '', name: slot.spec.name, attempt: 0, state: 'unknown', image: '', imageId: '', createdAt: 0, ...lost },
      runtime.info.name,
    );
  }
}

/** A start that was overtaken before its answer came may have happened all the same: the container then ends like any other. */
function adopt(slot: ContainerSlot, { tools }: PodContext): void {
  if (slot.id === undefined || slot.ended !== undefined) return;
  const status = tools.runtime.containerStatus(slot.id);
  if (status?.startedAt === undefined || (status.state !== 'running' && status.state !== 'exited')) return;
  slot.waiting = undefined;
  slot.running = true;
  slot.startedAt = status.startedAt;
  slot.started = slot.spec.startupProbe === undefined;
  slot.ready = slot.spec.readinessProbe === undefined;
}

/** Upstream's words for a container that is not there any more. */
export const lost = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
};
