import { Attr, SpanName, withSpan } from '@keelson/telemetry';
import { formatDuration } from '@keelson/api/time';
import { runtimeFaultKind, type ImageStatus } from '@keelson/sdk/runtime';
import type { ContainerSlot } from './container-slot.ts';
import type { PodContext } from './pod-context.ts';

/** How long `ErrImagePull` is shown before it becomes `ImagePullBackOff`. */
const errorShownMs = 1000;

/**
 * The image of a container by its pull policy; undefined when it is not to be had now, and then the container says why
 * and the pod is looked at again when the next try is due.
 */
export async function ensureImage(slot: ContainerSlot, context: PodContext): Promise<ImageStatus | undefined> {
  const { state, tools } = context;
  const { pod } = state;
  const image = slot.spec.image ?? '';
  const policy = slot.spec.imagePullPolicy ?? 'IfNotPresent';
  const present = policy === 'Always' ? undefined : await tools.runtime.imageStatus(image);
  if (present !== undefined) {
    tools.events.record(pod, 'Normal', 'Pulled', `Container image "${image}" already present on machine`);
    return present;
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    tools.events.record(pod, 'Warning', 'ErrImageNeverPull', message);
    fail(slot, context, 'ErrImageNeverPull', message);
    context.wakeAt(tools.clock.now() + 10_000);
    return undefined;
  }
  return pull(slot, context, image);
}

async function pull(slot: ContainerSlot, context: PodContext, image: string): Promise<ImageStatus | undefined> {
  const { state, tools, signal } = context;
  const { clock, events, pulls, runtime } = tools;
  const key = `${state.pod.metadata.uid}/${slot.spec.name}/${image}`;
  const failed = slot.pullFailure;
  const until = failed === undefined ? undefined : failed.at + pulls.delay(key);
  if (until !== undefined && failed !== undefined && until > clock.now()) return backOff(slot, context, { image, until, error: failed.error });
  events.record(state.pod, 'Normal', 'Pulling', `Pulling image "${image}"`);
  const started = clock.now();
  try {
    const attributes = { [Attr.containerImage]: image, [Attr.containerName]: slot.spec.name };
    const status = await withSpan(tools.tracer, SpanName.pullImage, { attributes }, () => runtime.pullImage(image, state.sandbox!.id, signal));
    const took = formatDuration(Math.round(clock.now() - started));
    events.record(state.pod, 'Normal', 'Pulled', `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${status.sizeBytes} bytes.`);
    pulls.forget(key);
    slot.pullFailure = undefined;
    return status;
  } catch (error) {
    signal.throwIfAborted();
    if (runtimeFaultKind(error) !== 'pull') throw error;
    const message = (error as Error).message;
    const now = clock.now();
    pulls.next(key, now, now);
    slot.pullFailure = { at: now, error: message };
    events.record(state.pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${message}`);
    fail(slot, context, 'ErrImagePull', message);
    context.wakeAt(now + errorShownMs);
    return undefined;
  }
}

function backOff(slot: ContainerSlot, context: PodContext, { image, until, error }: { image: string; until: number; error: string }): undefined {
  const message = `Back-off pulling image "${image}"`;
  if (slot.waiting?.reason !== 'ImagePullBackOff') {
    context.tools.events.record(context.state.pod, 'Normal', 'BackOff', message);
    fail(slot, context, 'ImagePullBackOff', `${message}: ErrImagePull: ${error}`);
  }
  context.wakeAt(until);
  return undefined;
}

function fail(slot: ContainerSlot, { state, tools }: PodContext, reason: string, message: string): void {
  slot.waiting = { reason, message };
  tools.events.record(state.pod, 'Warning', 'Failed', `Error: ${reason}`);
}
