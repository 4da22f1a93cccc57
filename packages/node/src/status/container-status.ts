import type { ContainerState, ContainerStateTerminated, ContainerStatus } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import type { ContainerStatus as RuntimeStatus } from '@keelson/sdk/runtime';
import { restartCount, type ContainerSlot } from '../pod/container-slot.ts';

/** The API's words for a container of a pod; `runtime` is the scheme of container ids. */
export function containerStatus(slot: ContainerSlot, runtime: string, hasInits: boolean): ContainerStatus {
  const { spec, id, ended, lastEnded, running, waiting } = slot;
  const state = stateOf(slot, hasInits);
  // While it waits for its next start, the end that it waits for is the last state.
  const last = state.waiting === undefined ? lastEnded : (ended ?? lastEnded);
  return {
    name: spec.name,
    state,
    lastState: last === undefined ? {} : { terminated: last },
    ready: slot.role === 'ephemeral' ? false : slot.role === 'init' ? ended?.exitCode === 0 && waiting === undefined : running && slot.started && slot.ready,
    restartCount: restartCount(slot),
    image: spec.image ?? '',
    imageID: slot.imageId,
    ...(id === undefined ? {} : { containerID: `${runtime}://${id}` }),
    started: running ? slot.started : false,
  };
}

function stateOf({ running, startedAt, waiting, ended, role }: ContainerSlot, hasInits: boolean): ContainerState {
  if (running) return { running: { startedAt: formatTime(startedAt) } };
  if (waiting !== undefined) return { waiting: { ...waiting } };
  if (ended !== undefined) return { terminated: ended };
  return { waiting: { reason: role !== 'ephemeral' && (hasInits || role !== 'app') ? 'PodInitializing' : 'ContainerCreating' } };
}

/** How a container ended, from what the runtime says; the usual reason follows from the exit code. */
export function terminatedState(status: RuntimeStatus, runtime: string): ContainerStateTerminated {
  const exitCode = status.exitCode ?? (status.signal === undefined ? 137 : 128 + status.signal);
  return {
    exitCode,
    ...(status.signal === undefined ? {} : { signal: status.signal }),
    reason: status.reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
    ...(status.message === undefined ? {} : { message: status.message }),
    ...(status.startedAt === undefined ? {} : { startedAt: formatTime(status.startedAt) }),
    ...(status.finishedAt === undefined ? {} : { finishedAt: formatTime(status.finishedAt) }),
    containerID: `${runtime}://${status.id}`,
  };
}
