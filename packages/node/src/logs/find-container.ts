import { StatusError } from '@keelson/sdk';
import type { ContainerSlot } from '../pod/container-slot.ts';
import { slotsOf, type PodState } from '../pod/pod-state.ts';

/** The container that a client means; throws the `StatusError` that upstream's kubelet and API server word. */
export function findContainer(state: PodState, name: string | undefined): ContainerSlot {
  const pod = state.pod.metadata.name;
  const slots = slotsOf(state);
  if (name === undefined || name === '') {
    const [first] = state.apps;
    if (slots.length === 1 && first !== undefined) return first;
    const inits = state.inits.length === 0 ? '' : ` or one of the init containers: [${state.inits.map(({ spec }) => spec.name).join(' ')}]`;
    throw new StatusError('BadRequest', `a container name must be specified for pod ${pod}, choose one of: [${state.apps.map(({ spec }) => spec.name).join(' ')}]${inits}`);
  }
  const slot = slots.find(({ spec }) => spec.name === name);
  if (slot === undefined) throw new StatusError('BadRequest', `container ${name} is not valid for pod ${pod}`);
  return slot;
}

/** The id of the container whose log is meant. */
export function logContainerId(slot: ContainerSlot, state: PodState, previous: boolean): string {
  const { name } = slot.spec;
  const pod = state.pod.metadata.name;
  // While a container waits for its next start, the last one is the previous one.
  const hasCurrent = slot.running || slot.waiting === undefined;
  const id = previous && hasCurrent ? slot.previousId : slot.id;
  if (id !== undefined) return id;
  if (previous) throw new StatusError('BadRequest', `previous terminated container "${name}" in pod "${pod}" not found`);
  const reason = slot.waiting?.reason ?? (state.inits.length > 0 ? 'PodInitializing' : 'ContainerCreating');
  throw new StatusError('BadRequest', `container "${name}" in pod "${pod}" is waiting to start: ${reason}`);
}
