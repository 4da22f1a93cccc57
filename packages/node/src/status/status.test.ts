import type { Pod, PodStatus, ResourceRequirements } from '@keelson/api/core/v1';
import { newPodState, type PodState } from '../pod/pod-state.ts';
import type { ContainerSlot } from '../pod/container-slot.ts';
import { podPhase } from './pod-phase.ts';
import { qosClass } from './qos-class.ts';
import { statusPatch } from './status-patch.ts';

type Shape = 'new' | 'running' | 'waiting' | number;

function put(slot: ContainerSlot, shape: Shape): void {
  if (shape === 'new') return;
  slot.created = 1;
  if (shape === 'running') {
    slot.running = true;
    slot.started = true;
  } else {
    slot.ended = { exitCode: shape === 'waiting' ? 1 : shape };
    if (shape === 'waiting') slot.waiting = { reason: 'CrashLoopBackOff' };
  }
}

function state(restartPolicy: string, apps: readonly Shape[], inits: readonly Shape[] = []): PodState {
  const spec = (name: string) => ({ name, image: 'i' });
  const pod = { metadata: { name: 'p' }, spec: { restartPolicy, containers: apps.map((_, at) => spec(`c${at}`)), initContainers: inits.map((_, at) => spec(`i${at}`)) } } as unknown as Pod;
  const made = newPodState(pod, 0);
  apps.forEach((shape, at) => put(made.apps[at]!, shape));
  inits.forEach((shape, at) => put(made.inits[at]!, shape));
  return made;
}

describe('podPhase', () => {
  it.each<[string, readonly Shape[], readonly Shape[], string]>([
    ['Always', ['new'], [], 'Pending'],
    ['Always', ['running'], [], 'Running'],
    ['Always', ['running', 'new'], [], 'Pending'],
    ['Always', ['waiting'], [], 'Running'],
    ['Always', [0], [], 'Running'],
    ['OnFailure', [0], [], 'Succeeded'],
    ['OnFailure', [1], [], 'Running'],
    ['OnFailure', [0, 'running'], [], 'Running'],
    ['Never', [0, 0], [], 'Succeeded'],
    ['Never', [0, 1], [], 'Failed'],
    ['Never', [1, 'running'], [], 'Running'],
    ['Always', ['new'], ['running'], 'Pending'],
    ['Always', ['new'], ['waiting'], 'Pending'],
    ['Never', ['new'], [1], 'Failed'],
    ['Always', ['running'], [0], 'Running'],
  ])('%s, containers %j after init %j: %s', (policy, apps, inits, phase) => {
    expect(podPhase(state(policy, apps, inits))).toBe(phase);
  });

  it('is Failed for a pod that was failed as a whole, and decided once all has ended for good', () => {
    expect(podPhase({ ...state('Always', ['running']), failure: { reason: 'Evicted', message: '' } })).toBe('Failed');
    expect(podPhase({ ...state('Always', [0]), terminated: true })).toBe('Succeeded');
    expect(podPhase({ ...state('Always', [143]), terminated: true })).toBe('Failed');
    expect(podPhase({ ...state('Always', ['new']), terminated: true })).toBe('Failed');
  });
});

describe('qosClass', () => {
  const classOf = (...all: readonly (ResourceRequirements | undefined)[]): string =>
    qosClass({ spec: { containers: all.map((resources, at) => ({ name: `c${at}`, ...(resources === undefined ? {} : { resources }) })) } });

  it.each<[readonly (ResourceRequirements | undefined)[], string]>([
    [[undefined], 'BestEffort'],
    [[{ requests: { cpu: '0' } }], 'BestEffort'],
    [[{ requests: { 'example.org/gpu': '1' } }], 'BestEffort'],
    [[{ requests: { cpu: '1' } }], 'Burstable'],
    [[{ limits: { cpu: '1', memory: '1Gi' } }], 'Guaranteed'],
    [[{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } }], 'Guaranteed'],
    [[{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } }], 'Burstable'],
    [[{ limits: { cpu: '1', memory: '1Gi' } }, undefined], 'Burstable'],
  ])('of %j is %s', (resources, expected) => {
    expect(classOf(...resources)).toBe(expected);
  });
});

describe('statusPatch', () => {
  const known: PodStatus = {
    phase: 'Pending', reason: 'Old', podIPs: [{ ip: '1' }],
    conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'm', lastTransitionTime: 't1' }, { type: 'example.org/gate', status: 'True' }],
  };

  it('is nothing when nothing changes, whatever the order of keys and however old the times', () => {
    const wanted: PodStatus = { podIPs: [{ ip: '1' }], reason: 'Old', phase: 'Pending', conditions: [{ message: 'm', reason: 'ContainersNotReady', status: 'False', type: 'Ready', lastTransitionTime: 't2' }] };
    expect(statusPatch(known, wanted)).toBeUndefined();
  });

  it('names what changed, takes back what no longer holds, and leaves the conditions of others alone', () => {
    const wanted: PodStatus = { phase: 'Running', podIPs: [{ ip: '1' }], conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: 't2' }] };
    expect(statusPatch(known, wanted)).toEqual({
      phase: 'Running', reason: null,
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: 't2', lastProbeTime: null, reason: null, message: null }],
    });
  });
});
