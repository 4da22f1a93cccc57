import { formatDuration } from '@keelson/api/time';
import type { PodContext } from './pod-context.ts';
import type { PodState } from './pod-state.ts';
import { sandboxConfig } from './sandbox-config.ts';

const retryMs = 10_000;

/** Makes the pod's sandbox if there is none; false when that failed and is tried again later. */
export async function ensureSandbox({ state, tools, signal, wakeAt }: PodContext): Promise<boolean> {
  if (state.sandbox?.state === 'ready') return true;
  const { pod } = state;
  const { metadata, spec } = pod;
  const fault = spec.hostNetwork === true ? undefined : tools.networkFault();
  if (fault !== undefined) {
    tools.events.record(pod, 'Warning', 'NetworkNotReady', `network is not ready: ${fault}`);
    wakeAt(tools.clock.now() + retryMs);
    return false;
  }
  try {
    const config = await sandboxConfig(pod, state.sandboxes, tools);
    const old = state.sandbox?.id;
    state.sandbox = await tools.runtime.runSandbox(config, signal);
    state.sandboxes++;
    if (old !== undefined && old !== state.sandbox.id) state.lostSandboxes = [...state.lostSandboxes, old];
    if (state.sandboxes > 1) beginAgain(state);
    // Of the sandboxes before, the last holds the logs of what ended with it.
    for (const id of state.lostSandboxes.slice(0, -1)) await tools.runtime.removeSandbox(id);
    state.lostSandboxes = state.lostSandboxes.slice(-1);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    tools.events.record(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${message}`);
    tools.log.warn('pod sandbox could not be made', { pod: metadata.name, error: message, retryIn: formatDuration(retryMs) });
    wakeAt(tools.clock.now() + retryMs);
    return false;
  }
}

/** What init containers made of the old sandbox is gone with it. */
function beginAgain(state: PodState): void {
  for (const slot of state.inits) {
    if (slot.role !== 'init' || slot.ended === undefined) continue;
    state.reinitialize = true;
    slot.lastEnded = slot.ended;
    slot.ended = undefined;
  }
}
