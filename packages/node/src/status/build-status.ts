import { findCondition } from '@keelson/api';
import type { PodCondition, PodStatus } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import type { PodState } from '../pod/pod-state.ts';
import { containerStatus } from './container-status.ts';
import { podConditions } from './pod-conditions.ts';
import { podPhase, type PodPhase } from './pod-phase.ts';
import { qosClass } from './qos-class.ts';

/** What a status says beside the pod's own state. */
export interface StatusPlace {
  readonly runtime: string;
  readonly hostIp: string;
  readonly now: number;
}

/** The status of a pod as this node sees it; conditions of others are not in it. `known` is what the API server has. */
export function buildStatus(state: PodState, known: PodStatus | undefined, { runtime, hostIp, now }: StatusPlace): PodStatus {
  const { pod, inits, apps } = state;
  // A pod that ended once, by whoever's decision, has ended for good.
  const settled = known?.phase === 'Succeeded' || known?.phase === 'Failed' ? known : undefined;
  const phase = (settled?.phase as PodPhase | undefined) ?? podPhase(state);
  const why = settled ?? state.failure;
  const ips = podIps(state, known, hostIp);
  const hasInits = inits.length > 0;
  const { ephemerals, rejected } = state;
  return {
    phase,
    ...(why?.reason === undefined ? {} : { reason: why.reason }),
    ...(why?.message === undefined ? {} : { message: why.message }),
    conditions: podConditions(state, phase).map((fact) => withTime(fact, known, now)),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    ...(ips[0] === undefined ? {} : { podIP: ips[0], podIPs: ips.map((ip) => ({ ip })) }),
    startTime: known?.startTime ?? formatTime(state.acceptedAt),
    ...(hasInits && !rejected ? { initContainerStatuses: inits.map((slot) => containerStatus(slot, runtime, hasInits)) } : {}),
    ...(rejected ? {} : { containerStatuses: apps.map((slot) => containerStatus(slot, runtime, hasInits)) }),
    ...(ephemerals.length === 0 ? {} : { ephemeralContainerStatuses: ephemerals.map((slot) => containerStatus(slot, runtime, false)) }),
    qosClass: known?.qosClass ?? qosClass(pod),
    ...(pod.metadata.generation === undefined ? {} : { observedGeneration: pod.metadata.generation }),
  };
}

/** A pod keeps its addresses in the status after its sandbox is gone, as upstream does. */
function podIps({ sandbox, pod }: PodState, known: PodStatus | undefined, hostIp: string): readonly string[] {
  if (sandbox?.state === 'ready') return sandbox.ips.length === 0 || pod.spec.hostNetwork === true ? [hostIp] : sandbox.ips;
  return (known?.podIPs ?? []).map(({ ip }) => ip);
}

function withTime(fact: Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>, known: PodStatus | undefined, now: number): PodCondition {
  const before = findCondition<PodCondition>(known?.conditions, fact.type);
  const lastTransitionTime = before?.status === fact.status ? before.lastTransitionTime : undefined;
  return { ...fact, lastTransitionTime: lastTransitionTime ?? formatTime(now) };
}
