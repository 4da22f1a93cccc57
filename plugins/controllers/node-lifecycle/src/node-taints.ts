import { findCondition } from '@keelson/api';
import type { Node, Taint } from '@keelson/api/core/v1';
import { formatTime } from '@keelson/api/time';

/** Taint keys of this controller. */
const notReady = 'node.kubernetes.io/not-ready';
const unreachable = 'node.kubernetes.io/unreachable';
const unschedulable = 'node.kubernetes.io/unschedulable';
const pressures: Readonly<Record<string, string>> = {
  MemoryPressure: 'node.kubernetes.io/memory-pressure',
  DiskPressure: 'node.kubernetes.io/disk-pressure',
  PIDPressure: 'node.kubernetes.io/pid-pressure',
  NetworkUnavailable: 'node.kubernetes.io/network-unavailable',
};
const ownKeys = new Set([notReady, unreachable, unschedulable, ...Object.values(pressures)]);

/** Key of the taint that the node's Ready condition asks for; undefined for a ready node, and for one that has not reported. */
export function readinessTaint(node: Node): string | undefined {
  const status = findCondition(node.status?.conditions, 'Ready')?.status;
  return status === 'False' ? notReady : status === 'Unknown' ? unreachable : undefined;
}

/** Keys with effect NoSchedule, by the node's conditions and its own wish. */
function placementTaints(node: Node): readonly string[] {
  const ready = readinessTaint(node);
  const pressed = (node.status?.conditions ?? []).filter(({ status }) => status === 'True').flatMap(({ type }) => pressures[type] ?? []);
  return [...(ready === undefined ? [] : [ready]), ...pressed, ...(node.spec.unschedulable === true ? [unschedulable] : [])];
}

/** The key with which pods of the node are being evicted now. */
export function evictionTaint(node: Node): string | undefined {
  return (node.spec.taints ?? []).find(({ key, effect }) => effect === 'NoExecute' && (key === notReady || key === unreachable))?.key;
}

/** The taints that the node should have; undefined when it has them. Taints of others, and their order, stay. */
export function nextTaints(node: Node, eviction: string | undefined, now: number): Taint[] | undefined {
  const wanted = [...placementTaints(node).map((key) => ({ key, effect: 'NoSchedule' })), ...(eviction === undefined ? [] : [{ key: eviction, effect: 'NoExecute' }])];
  const present = node.spec.taints ?? [];
  const kept = present.filter((taint) => !isOurs(taint) || wanted.some((one) => same(one, taint)));
  const added = wanted.filter((one) => !present.some((taint) => same(one, taint)));
  if (kept.length === present.length && added.length === 0) return undefined;
  return [...kept, ...added.map((taint) => ({ ...taint, timeAdded: formatTime(now) }))];
}

function isOurs({ key, effect }: Taint): boolean {
  if (effect === 'NoExecute') return key === notReady || key === unreachable;
  return effect === 'NoSchedule' && ownKeys.has(key);
}

function same(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}
