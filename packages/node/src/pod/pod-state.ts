import type { Container, Pod } from '@keelson/api/core/v1';
import type { SandboxStatus } from '@keelson/sdk/runtime';
import { newSlot, type ContainerSlot } from './container-slot.ts';

/** What a pod has come to on this node; everything that its status is worded from. */
export interface PodState {
  pod: Pod;
  sandbox: SandboxStatus | undefined;
  /** Sandboxes made so far. */
  sandboxes: number;
  /** In order of start. */
  readonly inits: readonly ContainerSlot[];
  readonly apps: readonly ContainerSlot[];
  /** In order of their adding. */
  ephemerals: readonly ContainerSlot[];
  /** Sandboxes that were lost, with the containers that are kept in them for their logs. */
  lostSandboxes: readonly string[];
  /** Milliseconds: when the agent took the pod on. */
  readonly acceptedAt: number;
  /** Set when the pod is failed as a whole (deadline, rejection); nothing starts any more. */
  failure: { readonly reason: string; readonly message: string } | undefined;
  /** Everything has ended for good: phases are then Succeeded or Failed. */
  terminated: boolean;
  /** Its sandbox is a new one: init containers run again before the others (upstream's rule). */
  reinitialize: boolean;
  /** The node never took it on: it has no containers to tell of. */
  rejected: boolean;
}

export function newPodState(pod: Pod, acceptedAt: number): PodState {
  const state: PodState = {
    pod,
    sandbox: undefined,
    sandboxes: 0,
    inits: (pod.spec.initContainers ?? []).map((spec) => newSlot(spec, spec.restartPolicy === 'Always' ? 'sidecar' : 'init')),
    apps: pod.spec.containers.map((spec) => newSlot(spec, 'app')),
    ephemerals: [],
    lostSandboxes: [],
    acceptedAt,
    failure: undefined,
    terminated: false,
    rejected: false,
    reinitialize: false,
  };
  addEphemerals(state);
  return state;
}

/** All containers, init containers first, ephemeral ones last. */
export function slotsOf({ inits, apps, ephemerals }: PodState): readonly ContainerSlot[] {
  return inits.length === 0 && ephemerals.length === 0 ? apps : [...inits, ...apps, ...ephemerals];
}

/** Takes ephemeral containers on that were added since the last look. */
export function addEphemerals(state: PodState): void {
  const wanted = state.pod.spec.ephemeralContainers ?? [];
  if (wanted.length === state.ephemerals.length) return;
  const known = new Set(state.ephemerals.map(({ spec }) => spec.name));
  const added = wanted.filter(({ name }) => !known.has(name));
  state.ephemerals = [...state.ephemerals, ...added.map(({ targetContainerName, ...spec }) => newSlot(spec as Container, 'ephemeral', targetContainerName === '' ? undefined : targetContainerName))];
}

/** The init containers have done their part; app containers may run (and once they did, this stays true). */
export function isInitialized(state: PodState): boolean {
  return appsRan(state) || state.inits.every(initDone);
}

/** Some app container was made in this sandbox. */
export function appsRan({ apps, reinitialize }: PodState): boolean {
  return !reinitialize && apps.some(({ created }) => created > 0);
}

/** An ordinary init container is done when it succeeded, a sidecar once it has started up. */
export function initDone(slot: ContainerSlot): boolean {
  return slot.role === 'sidecar' ? slot.running && slot.started : slot.ended?.exitCode === 0;
}
