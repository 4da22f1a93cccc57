import type { Pod } from '@keelson/api/core/v1';
import { extensionPoint } from '../extension-point.ts';
import type { ClusterSnapshot, NodeView, PodInfo } from './snapshot.ts';

/**
 * Changes that may make a pod schedulable that was not. `node-add`: a new node; the other `node-…`: that part of a node
 * changed; `pod-delete`: a pod left a node.
 */
export type ClusterEvent = 'node-add' | 'node-allocatable' | 'node-labels' | 'node-taints' | 'node-unschedulable' | 'pod-delete';

/** A filter made ready for one pod: synchronous, valid until the cycle ends. */
export interface FilterPlan {
  /** Only these rows can fit (a pod pinned to a node): the framework looks at no other node, and says `reason` of them. */
  readonly only?: { readonly rows: readonly number[]; readonly reason: string };
  /**
   * Looks at positions `from` to `to` (exclusive) of `rows` whose `verdicts` entry is 0 and writes `code` where the
   * node does not fit. One tight loop: the framework calls it once per block of nodes, not per node.
   */
  run(rows: Int32Array, from: number, to: number, verdicts: Uint8Array, code: number): void;
  /** Why that node does not fit, in words for users (`Insufficient cpu`); called for refused nodes only, and only for a report. */
  reasons(row: number): readonly string[];
  /** False for a node where removing pods could help; default true: preemption is pointless there. */
  unresolvable?(row: number): boolean;
}

/** Decides which nodes can run a pod. Give `prepare` (fast) or `filter` (simple). */
export interface FilterPolicy {
  /** Kebab-case; configuration and reports name the policy by it. */
  readonly name: string;
  /** Which changes are worth another try of a pod that this policy refused; default: all. */
  readonly retryOn?: readonly ClusterEvent[];
  /**
   * What of a pod this policy's answers depend on, as text: pods with equal shapes get the same answer about a node as
   * long as nothing about that node changes, whatever happens to other nodes. Lets the scheduler judge only the nodes
   * that changed since the last such pod. Absent or undefined: no such promise (for this pod).
   */
  shape?(pod: PodInfo): string | undefined;
  /** Undefined: nothing to say about this pod. */
  prepare?(pod: PodInfo, snapshot: ClusterSnapshot): FilterPlan | undefined;
  /** The reason why the node does not fit, or undefined if it does. Synchronous, free of side effects. */
  filter?(pod: Pod, node: NodeView): string | undefined;
}

/** A score made ready for one pod: writes a number per position of `rows` from 0 to `count`. */
export type ScorePlan = (rows: Int32Array, count: number, scores: Float64Array) => void;

/** Ranks the nodes that can run a pod. Give `prepare` (fast) or `score` (simple). */
export interface ScorePolicy {
  readonly name: string;
  /** Factor of this policy in the sum unless the scheduler's configuration says otherwise; default 1. */
  readonly weight?: number;
  /**
   * What of a pod this policy's answers depend on, as text: pods with equal shapes get the same answer about a node as
   * long as nothing about that node changes, whatever happens to other nodes. Lets the scheduler judge only the nodes
   * that changed since the last such pod. Absent or undefined: no such promise (for this pod).
   */
  shape?(pod: PodInfo): string | undefined;
  /** Undefined: no preference for this pod; the policy counts 0 everywhere. */
  prepare?(pod: PodInfo, snapshot: ClusterSnapshot): ScorePlan | undefined;
  /** 0 to 100 (any number if `normalize` is given), higher is better. Synchronous, free of side effects. */
  score?(pod: Pod, node: NodeView): number;
  /** Brings the raw scores of the feasible nodes (positions 0 to `count`) to 0…100 in place; `shape` does not hold where it is used. */
  normalize?(scores: Float64Array, count: number): void;
}

export const FilterPolicies = extensionPoint<FilterPolicy>('keelson.scheduler.filters');
export const ScorePolicies = extensionPoint<ScorePolicy>('keelson.scheduler.scores');

/** Scales so that the highest becomes 100 (whole numbers, as upstream); reversed: the highest becomes 0. All zero: 0, reversed 100. */
export function normalizeByMax(scores: Float64Array, count: number, reverse = false): void {
  let max = 0;
  for (let at = 0; at < count; at++) if (scores[at]! > max) max = scores[at]!;
  for (let at = 0; at < count; at++) {
    const scaled = max === 0 ? 0 : Math.trunc((100 * scores[at]!) / max);
    scores[at] = reverse ? 100 - scaled : scaled;
  }
}
