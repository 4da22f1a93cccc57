import { findCondition } from '@keelson/api';
import type { PodCondition } from '@keelson/api/core/v1';
import type { ContainerSlot } from '../pod/container-slot.ts';
import { initDone, isInitialized, type PodState } from '../pod/pod-state.ts';
import type { PodPhase } from './pod-phase.ts';

type Fact = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

/** The conditions that the node agent owns, in upstream's words, without times. */
export function podConditions(state: PodState, phase: PodPhase): readonly Fact[] {
  const containers = containersReady(state, phase);
  return [
    { type: 'PodReadyToStartContainers', status: bool(state.sandbox?.state === 'ready') },
    initialized(state, phase),
    readyByGates(state, containers),
    { ...containers, type: 'ContainersReady' },
    { type: 'PodScheduled', status: 'True' },
  ];
}

function initialized(state: PodState, phase: PodPhase): Fact {
  const type = 'Initialized';
  if (phase === 'Succeeded') return { type, status: 'True', reason: 'PodCompleted' };
  if (isInitialized(state)) return { type, status: 'True' };
  const left = state.inits.filter((slot) => !initDone(slot));
  return { type, status: 'False', reason: 'ContainersNotInitialized', message: `containers with incomplete status: ${names(left)}` };
}

function containersReady(state: PodState, phase: PodPhase): Fact {
  const type = 'ContainersReady';
  if (phase === 'Succeeded') return { type, status: 'False', reason: 'PodCompleted' };
  if (phase === 'Failed') return { type, status: 'False', reason: 'PodFailed' };
  const relevant = [...state.inits.filter(({ role }) => role === 'sidecar'), ...state.apps];
  const unready = relevant.filter((slot) => !(slot.running && slot.started && slot.ready));
  if (unready.length === 0) return { type, status: 'True' };
  return { type, status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: ${names(unready)}` };
}

function readyByGates({ pod }: PodState, containers: Fact): Fact {
  const type = 'Ready';
  if (containers.status !== 'True') return { ...containers, type };
  const unmet = (pod.spec.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = findCondition<PodCondition>(pod.status?.conditions, conditionType);
    if (condition === undefined) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return condition.status === 'True' ? [] : [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`];
  });
  return unmet.length === 0 ? { type, status: 'True' } : { type, status: 'False', reason: 'ReadinessGatesNotReady', message: unmet.join(', ') };
}

function bool(value: boolean): 'True' | 'False' {
  return value ? 'True' : 'False';
}

function names(slots: readonly ContainerSlot[]): string {
  return `[${slots.map(({ spec }) => spec.name).join(' ')}]`;
}
