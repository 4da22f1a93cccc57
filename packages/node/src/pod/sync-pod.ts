import { formatDuration } from '@keelson/api/time';
import { parseTime } from '@keelson/api/time';
import type { ContainerSlot } from './container-slot.ts';
import { ensureSandbox } from './ensure-sandbox.ts';
import { ensureVolumes } from './ensure-volumes.ts';
import { killContainer } from './kill-container.ts';
import type { PodContext } from './pod-context.ts';
import { appsRan, initDone, slotsOf, type PodState } from './pod-state.ts';
import { refresh } from './refresh.ts';
import { shouldRestart } from './restart-policy.ts';
import { startContainer } from './start-container.ts';
import { stopPod } from './stop-pod.ts';
import { readTerminationMessages } from './termination-message.ts';

/** One pass over a pod that shall run: brings what runs nearer to what its spec says. */
export async function syncPod(context: PodContext): Promise<void> {
  const { state, tools } = context;
  refresh(context);
  await endLost(context);
  if (tools.host !== undefined) await readTerminationMessages(context);
  if (state.terminated) return;
  if (isPastDeadline(context)) {
    state.failure = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' };
    return stopPod(context, graceOf(state));
  }
  if (isFinished(state)) return stopPod(context, graceOf(state));
  if (nothingToDo(context)) return;
  context.report(true);
  if (!(await ensureVolumes(context))) return;
  if (!(await ensureSandbox(context))) return;
  for (const slot of state.ephemerals) await ensureRunning(slot, context);
  if (!(await runInits(context))) return;
  for (const slot of state.apps) {
    context.signal.throwIfAborted();
    await ensureRunning(slot, context);
  }
}

/** A sandbox that is lost takes its containers with it: what still runs in it has no network any more. */
async function endLost(context: PodContext): Promise<void> {
  const { state, tools } = context;
  if (state.sandbox?.state === 'ready' || !slotsOf(state).some(({ running }) => running)) return;
  for (const id of [...state.lostSandboxes, ...(state.sandbox === undefined ? [] : [state.sandbox.id])]) await tools.runtime.stopSandbox(id);
  refresh(context);
}

/** Grace of a pod that ends by itself or by its node, milliseconds. */
export function graceOf({ pod }: PodState): number {
  return 1000 * (pod.spec.terminationGracePeriodSeconds ?? 30);
}

/** True once init containers have done their part. Sidecars that ended meanwhile are started again in passing. */
async function runInits(context: PodContext): Promise<boolean> {
  const { state } = context;
  const ran = appsRan(state);
  for (const slot of state.inits) {
    context.signal.throwIfAborted();
    if (slot.role === 'init' && (ran || initDone(slot))) continue;
    if (!slot.running && !(await ensureRunning(slot, context))) {
      if (!ran) return false;
      continue;
    }
    refresh(context);
    if (!ran && !initDone(slot)) return false;
  }
  state.reinitialize = false;
  return true;
}

/** Starts a container that should run and does not, once its back-off is over; true if it runs. */
async function ensureRunning(slot: ContainerSlot, context: PodContext): Promise<boolean> {
  const { state } = context;
  if (slot.running) return true;
  if (!shouldRestart(slot, state.pod)) return false;
  if (slot.ended !== undefined && mustWait(slot, context)) return false;
  return startContainer(slot, context);
}

/** Crash-loop back-off; says so in the slot and sets the wake-up. */
function mustWait(slot: ContainerSlot, { state, tools, wakeAt }: PodContext): boolean {
  const { crashes, clock, events } = tools;
  const { name, namespace, uid } = state.pod.metadata;
  const key = `${uid}/${slot.spec.name}`;
  const now = clock.now();
  const failedAt = slot.endedAt ?? parseTime(slot.ended?.finishedAt ?? '') ?? now;
  const until = crashes.until(key, failedAt, now);
  if (until === undefined) {
    crashes.next(key, failedAt, now);
    return false;
  }
  const podName = `${name}_${namespace ?? ''}(${uid})`;
  if (slot.waiting?.reason !== 'CrashLoopBackOff') {
    events.record(state.pod, 'Warning', 'BackOff', `Back-off restarting failed container ${slot.spec.name} in pod ${podName}`);
    slot.waiting = { reason: 'CrashLoopBackOff', message: `back-off ${formatDuration(crashes.delay(key))} restarting failed container=${slot.spec.name} pod=${podName}` };
  }
  wakeAt(until);
  return true;
}

/** Kills a container that a probe has given up on; the restart policy then decides. */
export async function killUnhealthy(slot: ContainerSlot, context: PodContext, why: string, graceMs: number): Promise<void> {
  await killContainer(slot, context, graceMs, why);
  refresh(context);
}

function isPastDeadline({ state, tools, wakeAt }: PodContext): boolean {
  const seconds = state.pod.spec.activeDeadlineSeconds;
  if (seconds === undefined) return false;
  const end = (parseTime(state.pod.status?.startTime ?? '') ?? state.acceptedAt) + 1000 * seconds;
  if (end <= tools.clock.now()) return true;
  wakeAt(end);
  return false;
}

/** Nothing of the pod will run again. */
function isFinished({ inits, apps, pod }: PodState): boolean {
  const initFailed = inits.some((slot) => slot.role === 'init' && slot.ended !== undefined && slot.ended.exitCode !== 0 && !slot.running && !shouldRestart(slot, pod));
  return initFailed || apps.every((slot) => !slot.running && slot.ended !== undefined && !shouldRestart(slot, pod));
}

function nothingToDo({ state: { apps, inits, ephemerals, sandbox, pod }, volumes, tools }: PodContext): boolean {
  // An agent that came back to a running pod must follow its volumes again.
  if (volumes?.ready === false && tools.host !== undefined) return false;
  const settled = (slot: ContainerSlot): boolean => slot.running || (slot.ended !== undefined && !shouldRestart(slot, pod));
  return sandbox?.state === 'ready' && apps.every(settled) && ephemerals.every(settled) && inits.every((slot) => (slot.role === 'sidecar' ? slot.running : true));
}
