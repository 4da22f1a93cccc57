import { terminatedState } from '../status/container-status.ts';
import type { PodContext } from './pod-context.ts';
import { slotsOf } from './pod-state.ts';

/** Takes over from the runtime which containers have ended since the last look. */
export function refresh({ state, tools, stopProbes }: PodContext): void {
  const { runtime } = tools;
  for (const slot of slotsOf(state)) {
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

/** Upstream's words for a container that is not there any more. */
export const lost = {
  exitCode: 137,
  reason: 'ContainerStatusUnknown',
  message: 'The container could not be located when the pod was terminated',
};
