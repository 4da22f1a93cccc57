import type { Pod } from '@keelson/api/core/v1';
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
  /** Milliseconds: when the agent took the pod on. */
  readonly acceptedAt: number;
  /** Set when the pod is failed as a whole (deadline, rejection); nothing starts any more. */
  failure: { readonly reason: string; readonly message: string } | undefined;
  /** Everything has ended for good: phases are then Succeeded or Failed. */
  terminated: boolean;
}

export function newPodState(pod: Pod, acceptedAt: number): PodState {
  return {
    pod,
    sandbox: undefined,
    sandboxes: 0,
    inits: (pod.spec.initContainers ?? []).map((spec) => newSlot(spec, spec.restartPolicy === 'Always' ? 'sidecar' : 'init')),
    apps: pod.spec.containers.map((spec) => newSlot(spec, 'app')),
    acceptedAt,
    failure: undefined,
    terminated: false,
  };
}

/** All containers, init containers first. */
export function slotsOf(state: PodState): readonly ContainerSlot[] {
  return state.inits.length === 0 ? state.apps : [...state.inits, ...state.apps];
}

/** The init containers have done their part; app containers may run (and once they did, this stays true). */
export function isInitialized({ inits, apps }: PodState): boolean {
  return apps.some(({ created }) => created > 0) || inits.every(initDone);
}

/** An ordinary init container is done when it succeeded, a sidecar once it has started up. */
export function initDone(slot: ContainerSlot): boolean {
  return slot.role === 'sidecar' ? slot.running && slot.started : slot.ended?.exitCode === 0;
}
