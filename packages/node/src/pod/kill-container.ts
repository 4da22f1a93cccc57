import { runHook } from '../probe/run-hook.ts';
import type { ContainerSlot } from './container-slot.ts';
import type { PodContext } from './pod-context.ts';
import { unlessAborted } from './unless-aborted.ts';

/** What is left for SIGTERM when preStop used the grace up (upstream's minimum). */
const minimumGraceMs = 2000;

/** Ends one running container: event, preStop within the grace, then stop with what is left of it. */
export async function killContainer(slot: ContainerSlot, context: PodContext, graceMs: number, why?: string): Promise<void> {
  const { state, tools, stopProbes } = context;
  if (!slot.running || slot.id === undefined) return;
  stopProbes(slot);
  tools.events.record(state.pod, 'Normal', 'Killing', why ?? `Stopping container ${slot.spec.name}`);
  const started = tools.clock.monotonic();
  const hook = slot.spec.lifecycle?.preStop;
  if (hook !== undefined && graceMs > 0) {
    const outcome = await runHook(hook, slot, context, graceMs);
    if (!outcome.ok) tools.events.record(state.pod, 'Warning', 'FailedPreStopHook', `PreStopHook failed: ${outcome.message}`);
  }
  const left = graceMs - (tools.clock.monotonic() - started);
  const stopped = tools.runtime.stopContainer(slot.id, graceMs === 0 ? 0 : Math.max(hook === undefined ? 0 : minimumGraceMs, left));
  await unlessAborted(stopped, context.signal);
}
