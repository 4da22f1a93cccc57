import type { ContainerStatus as ApiStatus, Pod } from '@keelson/api/core/v1';
import { formatTime, parseTime } from '@keelson/api/time';
import type { ContainerStatus, SandboxStatus } from '@keelson/sdk/runtime';
import { terminatedState } from '../status/container-status.ts';
import type { ContainerSlot } from './container-slot.ts';
import { slotsOf, type PodState } from './pod-state.ts';
import { lost } from './refresh.ts';

/** What the runtime still had of one pod when the agent started. */
export interface Recovered {
  /** The newest. */
  readonly sandbox: SandboxStatus;
  /** Earlier ones, which nothing runs in any more. */
  readonly older: readonly string[];
  /** Of all of them. */
  readonly containers: readonly ContainerStatus[];
}

/** What a runtime still has, by the uid of its pod. */
export function groupRecovered(sandboxes: readonly SandboxStatus[], containers: readonly ContainerStatus[]): Map<string, Recovered> {
  const pods = new Map<string, Recovered>();
  const order = (a: SandboxStatus, b: SandboxStatus): number => b.attempt - a.attempt || b.createdAt - a.createdAt;
  for (const uid of new Set(sandboxes.map(({ podUid }) => podUid))) {
    const [sandbox, ...older] = sandboxes.filter(({ podUid }) => podUid === uid).sort(order);
    const ids = new Set([sandbox!, ...older].map(({ id }) => id));
    pods.set(uid, { sandbox: sandbox!, older: older.map(({ id }) => id), containers: containers.filter(({ sandboxId }) => ids.has(sandboxId)) });
  }
  return pods;
}

/** Fills the state of a pod that an earlier agent ran, from the runtime first, from its status otherwise. */
export function restore(state: PodState, recovered: Recovered | undefined, runtime: string): void {
  const { pod } = state;
  state.sandbox = recovered?.sandbox;
  state.lostSandboxes = recovered?.older ?? [];
  state.sandboxes = recovered === undefined ? 0 : recovered.sandbox.attempt + 1;
  state.terminated = isTerminalPhase(pod);
  const shown = new Map([...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? []), ...(pod.status?.ephemeralContainerStatuses ?? [])].map((status) => [status.name, status]));
  for (const slot of slotsOf(state)) {
    const known = shown.get(slot.spec.name);
    const present = (recovered?.containers ?? []).filter(({ name }) => name === slot.spec.name).sort((a, b) => b.attempt - a.attempt);
    if (known !== undefined) fromStatus(slot, known);
    if (present[0] !== undefined) fromRuntime(slot, present[0], present[1], runtime);
    if (slot.running) fromProbes(slot, known);
  }
}

/** Decided for good, by whomever. */
export function isTerminalPhase({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

function fromStatus(slot: ContainerSlot, known: ApiStatus): void {
  if (known.containerID === undefined || known.containerID === '') return;
  slot.created = known.restartCount + 1;
  slot.imageId = known.imageID;
  slot.id = known.containerID.slice(known.containerID.indexOf('://') + 3);
  slot.lastEnded = known.lastState?.terminated;
  slot.ended = known.state?.terminated ?? known.lastState?.terminated;
  if (known.state?.running !== undefined) {
    // It ran, and the runtime knows nothing of it: it ended unseen.
    slot.ended = {
      ...lost,
      message: 'The container could not be located when the node agent started',
      startedAt: known.state.running.startedAt ?? formatTime(0),
      finishedAt: formatTime(0),
      containerID: known.containerID,
    };
  }
  slot.endedAt = parseTime(slot.ended?.finishedAt ?? '');
}

function fromRuntime(slot: ContainerSlot, present: ContainerStatus, before: ContainerStatus | undefined, runtime: string): void {
  slot.id = present.id;
  slot.imageId = present.imageId;
  slot.created = present.attempt + 1;
  slot.previousId = before?.id;
  slot.running = present.state === 'running';
  slot.startedAt = present.startedAt ?? 0;
  slot.ended = present.state === 'exited' ? terminatedState(present, runtime) : undefined;
  slot.unread = slot.ended !== undefined;
  slot.endedAt = present.finishedAt;
  if (before?.state === 'exited') slot.lastEnded = terminatedState(before, runtime);
}

/** A running container keeps the answer that its probes gave last, so that an agent's restart is not seen. */
function fromProbes(slot: ContainerSlot, known: ApiStatus | undefined): void {
  slot.started = slot.spec.startupProbe === undefined || known?.started === true;
  slot.ready = slot.spec.readinessProbe === undefined || known?.ready === true;
}
