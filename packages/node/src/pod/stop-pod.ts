import { killContainer } from './kill-container.ts';
import type { PodContext } from './pod-context.ts';
import { refresh } from './refresh.ts';
import { readTerminationMessages } from './termination-message.ts';

/** Ends everything of a pod: containers together, then sidecars from the last to the first, then the sandbox. */
export async function stopPod(context: PodContext, graceMs: number): Promise<void> {
  const { state, tools } = context;
  const started = tools.clock.monotonic();
  const left = (): number => Math.max(0, graceMs - (tools.clock.monotonic() - started));
  refresh(context);
  const first = [...state.ephemerals, ...state.apps, ...state.inits.filter(({ role }) => role === 'init')];
  await Promise.all(first.map((slot) => killContainer(slot, context, graceMs)));
  const sidecars = state.inits.filter(({ role, running }) => role === 'sidecar' && running);
  for (const slot of sidecars.reverse()) await killContainer(slot, context, left());
  if (state.sandbox !== undefined) {
    await tools.runtime.stopSandbox(state.sandbox.id);
    state.sandbox = { ...state.sandbox, state: 'not-ready' };
  }
  for (const id of state.lostSandboxes) await tools.runtime.stopSandbox(id);
  refresh(context);
  if (tools.host !== undefined) await readTerminationMessages(context);
  endWaiting(context);
  await release(context);
  state.terminated = true;
}

/** Nothing runs any more: volumes and cgroup go; logs and folders stay as long as the object. */
async function release({ state, tools, volumes }: PodContext): Promise<void> {
  volumes?.close();
  if (tools.host === undefined) return;
  await volumes?.unmount();
  await tools.host.releasePod(state.pod.metadata.uid);
}

/** A container that waits for its next start will not have one: what it waited after is its end. */
function endWaiting({ state }: PodContext): void {
  for (const slot of [...state.inits, ...state.apps]) {
    if (slot.ended !== undefined) slot.waiting = undefined;
  }
}
