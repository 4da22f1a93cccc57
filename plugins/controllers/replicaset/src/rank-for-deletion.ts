import type { Pod } from '@keelson/api/core/v1';
import { podReadySince } from '@keelson/reconcile';

/** Annotation that lowers or raises a pod's turn to be deleted; an integer, 0 when absent. */
export const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/** What ranking needs to know of a pod, computed once. */
interface Ranked {
  readonly pod: Pod;
  readonly key: readonly number[];
  readonly uid: string;
}

/**
 * The `count` pods to delete first, by upstream's order: unscheduled, pending, not ready, cheaper by annotation, on nodes
 * with more pods of the same owner, ready for a shorter time, with more restarts, newer. Times are compared by powers of
 * two, so that pods of about the same age are told apart by uid and not always the youngest of a wave goes.
 */
export function rankForDeletion(pods: readonly Pod[], count: number, related: readonly Pod[], now: number): readonly Pod[] {
  if (count >= pods.length) return pods;
  const perNode = new Map<string, number>();
  for (const pod of related) {
    const node = pod.spec.nodeName;
    if (node) perNode.set(node, (perNode.get(node) ?? 0) + 1);
  }
  const ranked = pods.map((pod): Ranked => ({ pod, key: rank(pod, perNode, now), uid: pod.metadata.uid }));
  return ranked.sort(compare).slice(0, count).map(({ pod }) => pod);
}

/** Smaller is deleted earlier, from the first number on. */
function rank(pod: Pod, perNode: ReadonlyMap<string, number>, now: number): readonly number[] {
  const node = pod.spec.nodeName;
  const readySince = podReadySince(pod);
  const restarts = (pod.status?.containerStatuses ?? []).reduce((most, { restartCount }) => Math.max(most, restartCount), 0);
  return [
    node ? 1 : 0,
    phaseRank[pod.status?.phase ?? ''] ?? 0,
    readySince === undefined ? 0 : 1,
    deletionCost(pod),
    -(node ? (perNode.get(node) ?? 0) : 0),
    readySince === undefined ? 0 : ageBucket(now - readySince),
    -restarts,
    ageBucket(now - Date.parse(pod.metadata.creationTimestamp)),
  ];
}

/** The cost that the annotation states; anything that is not a plain 32-bit integer counts as 0. */
export function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[deletionCostAnnotation] ?? '0';
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return 0;
  const cost = Number(text);
  return cost >= -(2 ** 31) && cost < 2 ** 31 ? cost : 0;
}

function ageBucket(ms: number): number {
  return ms < 1 ? -1 : Math.floor(Math.log2(ms));
}

function compare(a: Ranked, b: Ranked): number {
  for (let index = 0; index < a.key.length; index += 1) {
    const difference = (a.key[index] ?? 0) - (b.key[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0;
}
