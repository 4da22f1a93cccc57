import type { PodVolumes } from '../volumes/pod-volumes.ts';
import type { ContainerSlot } from './container-slot.ts';
import type { NodeTools } from './node-tools.ts';
import type { PodState } from './pod-state.ts';

/** What the steps of one pass over a pod act on. */
export interface PodContext {
  readonly state: PodState;
  readonly tools: NodeTools;
  /** Undefined for a pod without volumes. */
  readonly volumes: PodVolumes | undefined;
  /** Aborts when the pass is overtaken: the pod is to end, or the agent stops. */
  readonly signal: AbortSignal;
  /** Look at the pod again at that wall time. */
  wakeAt(at: number): void;
  /** Say the present state; `passing` as in `StatusWriter.report`. */
  report(passing: boolean): void;
  /** A container started: begin probing it. */
  startProbes(slot: ContainerSlot): void;
  stopProbes(slot: ContainerSlot): void;
}
