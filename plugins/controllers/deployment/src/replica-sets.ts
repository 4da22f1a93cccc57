import type { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import type { PodTemplateSpec } from '@keelson/api/core/v1';
import { jsonEqual } from '@keelson/reconcile';
import { templateHashLabel } from './template-hash.ts';

/** The replica sets of a deployment, told apart. */
export interface SplitSets {
  /** The oldest one with the deployment's template; undefined before it is created. */
  readonly newSet: ReplicaSet | undefined;
  /** All others, oldest first. */
  readonly oldSets: readonly ReplicaSet[];
}

/** Finds the set of the present template among a deployment's sets. */
export function splitSets(deployment: Deployment, sets: readonly ReplicaSet[]): SplitSets {
  const ordered = [...sets].sort(byAge);
  const newSet = ordered.find((set) => sameTemplate(set.spec.template, deployment.spec.template));
  return { newSet, oldSets: ordered.filter((set) => set !== newSet) };
}

/** Oldest first; sets of the same second by name. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const [left, right] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (left !== right) return left < right ? -1 : 1;
  return a.metadata.name < b.metadata.name ? -1 : 1;
}

/** Equality of templates but for the label that the controller itself adds. */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return jsonEqual(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplateSpec | undefined): PodTemplateSpec | undefined {
  if (template?.metadata?.labels?.[templateHashLabel] === undefined) return template;
  const { [templateHashLabel]: _, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Pods that a set is told to have. */
export function sizeOf(set: ReplicaSet): number {
  return set.spec.replicas ?? 1;
}

/** Pods that the sets are told to have, together. */
export function totalSize(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + sizeOf(set), 0);
}

/** Pods that the sets report as available, together. */
export function totalAvailable(sets: readonly ReplicaSet[]): number {
  return sets.reduce((sum, set) => sum + (set.status?.availableReplicas ?? 0), 0);
}

/** The sets that are told to have pods. */
export function activeSets(sets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  return sets.filter((set) => sizeOf(set) > 0);
}
