import { isTerminating, objectKey } from '@keelson/api';
import type { ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '@keelson/api/apps/v1';
import type { Pod } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';
import { isPodActive, isPodFinished, podAvailableIn } from '@keelson/reconcile';

/** Why pods could not be created or deleted. */
export interface ScaleFailure {
  readonly reason: 'FailedCreate' | 'FailedDelete';
  readonly message: string;
}

/** What the status is computed from. */
export interface StatusInput {
  readonly set: ReplicaSet;
  /** All pods of the set, those that are going included. */
  readonly pods: readonly Pod[];
  /** Keys of pods deleted just now, which `pods` still shows as they were. */
  readonly deleted: ReadonlySet<string>;
  readonly failure: ScaleFailure | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The status, and when it changes by time alone. */
export interface NextStatus {
  readonly status: ReplicaSetStatus;
  /** Milliseconds until the next ready pod counts as available; undefined when none waits for that. */
  readonly availableIn: number | undefined;
}

/** Counts the pods of a replica set; zero counts are left out of the object, as upstream leaves them out. */
export function nextStatus({ set, pods, deleted, failure, now }: StatusInput): NextStatus {
  const templateLabels = Object.entries(set.spec.template?.metadata?.labels ?? {});
  const minReady = set.spec.minReadySeconds ?? 0;
  const count = { replicas: 0, labeled: 0, ready: 0, available: 0, terminating: 0 };
  let availableIn: number | undefined;
  for (const pod of pods) {
    const going = isTerminating(pod) || deleted.has(objectKey(pod));
    // A pod that no node has taken goes at once, the others stay for their grace period.
    if (going && !isPodFinished(pod) && (isTerminating(pod) || pod.spec.nodeName)) count.terminating += 1;
    if (going || !isPodActive(pod)) continue;
    count.replicas += 1;
    if (templateLabels.every(([key, value]) => pod.metadata.labels?.[key] === value)) count.labeled += 1;
    const wait = podAvailableIn(pod, minReady, now);
    if (wait === undefined) continue;
    count.ready += 1;
    if (wait === 0) count.available += 1;
    else availableIn = Math.min(availableIn ?? wait, wait);
  }
  const conditions = nextConditions(set.status?.conditions ?? [], failure, now);
  const status: ReplicaSetStatus = {
    replicas: count.replicas,
    ...(count.labeled > 0 ? { fullyLabeledReplicas: count.labeled } : {}),
    ...(count.ready > 0 ? { readyReplicas: count.ready } : {}),
    ...(count.available > 0 ? { availableReplicas: count.available } : {}),
    terminatingReplicas: count.terminating,
    ...(set.metadata.generation === undefined ? {} : { observedGeneration: set.metadata.generation }),
    ...(conditions.length > 0 ? { conditions: [...conditions] } : {}),
  };
  return { status, availableIn };
}

/** ReplicaFailure comes with the first failure and goes with the first success; its message stays the first one's. */
function nextConditions(present: readonly ReplicaSetCondition[], failure: ScaleFailure | undefined, now: number): readonly ReplicaSetCondition[] {
  const known = present.some(({ type }) => type === 'ReplicaFailure');
  if (failure === undefined) return known ? present.filter(({ type }) => type !== 'ReplicaFailure') : present;
  if (known) return present;
  return [...present, { type: 'ReplicaFailure', status: 'True', reason: failure.reason, message: failure.message, lastTransitionTime: formatTime(now) }];
}
