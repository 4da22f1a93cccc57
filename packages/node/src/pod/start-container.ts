import { Attr, SpanName, withSpan } from '@keelson/telemetry';
import { formatTime } from '@keelson/api/time';
import { runtimeFaultKind, type ImageStatus } from '@keelson/sdk/runtime';
import { runHook } from '../probe/run-hook.ts';
import { containerConfig } from './container-config.ts';
import type { ContainerSlot } from './container-slot.ts';
import { ensureImage } from './ensure-image.ts';
import type { PodContext } from './pod-context.ts';
import { unlessAborted } from './unless-aborted.ts';

/** A container whose settings do not work is tried again after this: the missing ConfigMap may appear. */
const configRetryMs = 10_000;
/** How long `RunContainerError` is shown before the crash back-off takes over. */
const errorShownMs = 1000;

/** Pulls, creates and starts; false when it did not run, and then the slot says why and a wake-up is set. */
export async function startContainer(slot: ContainerSlot, context: PodContext): Promise<boolean> {
  const { state, tools, signal } = context;
  const image = await ensureImage(slot, context);
  if (image === undefined) return false;
  const id = await create(slot, context, image);
  if (id === undefined) return false;
  const attributes = { [Attr.containerName]: slot.spec.name, [Attr.containerId]: id, [Attr.containerImage]: slot.spec.image ?? '' };
  try {
    await withSpan(tools.tracer, SpanName.startContainer, { attributes }, () => tools.runtime.startContainer(id, signal));
  } catch (error) {
    return startFailed(slot, context, id, error);
  }
  slot.waiting = undefined;
  slot.running = true;
  slot.startedAt = tools.runtime.containerStatus(id)?.startedAt ?? tools.clock.now();
  slot.started = slot.spec.startupProbe === undefined;
  slot.ready = slot.spec.readinessProbe === undefined;
  tools.events.record(state.pod, 'Normal', 'Started', `Started container ${slot.spec.name}`);
  return postStart(slot, context);
}

async function create(slot: ContainerSlot, context: PodContext, image: ImageStatus): Promise<string | undefined> {
  const { state, tools, signal } = context;
  try {
    const config = await containerConfig(slot, context, image);
    const id = await tools.runtime.createContainer(state.sandbox!.id, config, signal);
    await takePlace(slot, context, id, image);
    tools.events.record(state.pod, 'Normal', 'Created', `Created container: ${slot.spec.name}`);
    return id;
  } catch (error) {
    signal.throwIfAborted();
    const kind = runtimeFaultKind(error);
    if (kind !== 'config' && kind !== 'create') throw error;
    const { message } = error as Error;
    slot.waiting = { reason: kind === 'config' ? 'CreateContainerConfigError' : 'CreateContainerError', message };
    tools.events.record(state.pod, 'Warning', 'Failed', `Error: ${message}`);
    context.wakeAt(tools.clock.now() + configRetryMs);
    return undefined;
  }
}

/** The new container takes the slot; the one before is kept for its log, the one before that goes. */
async function takePlace(slot: ContainerSlot, { tools }: PodContext, id: string, image: ImageStatus): Promise<void> {
  const old = slot.previousId;
  slot.previousId = slot.id;
  slot.id = id;
  slot.imageId = image.id;
  slot.lastEnded = slot.ended ?? slot.lastEnded;
  slot.ended = undefined;
  slot.created++;
  if (old !== undefined) await tools.runtime.removeContainer(old);
}

function startFailed(slot: ContainerSlot, context: PodContext, id: string, error: unknown): false {
  const { state, tools, signal } = context;
  signal.throwIfAborted();
  if (runtimeFaultKind(error) !== 'start') throw error;
  const { message } = error as Error;
  slot.endedAt = tools.clock.now();
  const now = formatTime(slot.endedAt);
  slot.waiting = { reason: 'RunContainerError', message };
  slot.ended = { exitCode: 128, reason: 'StartError', message, startedAt: formatTime(0), finishedAt: now, containerID: `${tools.runtime.info.name}://${id}` };
  tools.events.record(state.pod, 'Warning', 'Failed', `Error: ${message}`);
  context.wakeAt(slot.endedAt + errorShownMs);
  return false;
}

/** A failed postStart hook ends the container (upstream's rule); the restart policy then decides. */
async function postStart(slot: ContainerSlot, context: PodContext): Promise<boolean> {
  const { state, tools, signal } = context;
  const hook = slot.spec.lifecycle?.postStart;
  if (hook !== undefined) {
    const outcome = await runHook(hook, slot, context, Infinity);
    signal.throwIfAborted();
    if (!outcome.ok) {
      tools.events.record(state.pod, 'Warning', 'FailedPostStartHook', `PostStartHook failed: ${outcome.message}`);
      tools.events.record(state.pod, 'Normal', 'Killing', 'FailedPostStartHook');
      await unlessAborted(tools.runtime.stopContainer(slot.id!, 1000 * (state.pod.spec.terminationGracePeriodSeconds ?? 30)), signal);
      return false;
    }
  }
  context.startProbes(slot);
  return true;
}
