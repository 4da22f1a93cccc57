import type { Deployment, ReplicaSet } from '@keelson/api/apps/v1';
import { limitsOf, wantedReplicas } from './limits.ts';

/** Annotations that kubectl and older controllers read. */
export const annotation = Object.freeze({
  revision: 'deployment.kubernetes.io/revision',
  revisionHistory: 'deployment.kubernetes.io/revision-history',
  desired: 'deployment.kubernetes.io/desired-replicas',
  max: 'deployment.kubernetes.io/max-replicas',
});

/** Not copied from a deployment to its sets. */
const ownAnnotations: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration', 'deprecated.deployment.rollback.to', ...Object.values(annotation),
]);

/** A history of revisions never grows beyond this many characters. */
const historyLimit = 2000;

type Annotations = Readonly<Record<string, string>>;

/** Revision of a replica set; 0 when it has none. */
export function revisionOf(set: ReplicaSet): number {
  const revision = Number(set.metadata.annotations?.[annotation.revision]);
  return Number.isSafeInteger(revision) ? revision : 0;
}

/** The revision that the set of the present template must have: one above all others. */
export function nextRevision(oldSets: readonly ReplicaSet[]): number {
  return oldSets.reduce((most, set) => Math.max(most, revisionOf(set)), 0) + 1;
}

/** Replica annotations that a set must carry, so that a later change of the size can be told and shared out. */
export function sizeAnnotations(deployment: Deployment): Annotations {
  const wanted = wantedReplicas(deployment);
  return { [annotation.desired]: String(wanted), [annotation.max]: String(wanted + limitsOf(deployment).surge) };
}

/**
 * Annotations of the set of the present template. A set that comes back (a rollback) gets the new revision, and its old
 * one goes into its history.
 */
export function newSetAnnotations(deployment: Deployment, present: Annotations, revision: number): Annotations {
  const copied = Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !ownAnnotations.has(name)));
  const before = Number(present[annotation.revision] ?? 0);
  if (before >= revision) return { ...present, ...copied };
  const history = before > 0 ? { [annotation.revisionHistory]: appendRevision(present[annotation.revisionHistory], before) } : {};
  return { ...present, ...copied, ...history, [annotation.revision]: String(revision) };
}

function appendRevision(history: string | undefined, revision: number): string {
  const revisions = history ? history.split(',') : [];
  revisions.push(String(revision));
  while (revisions.length > 1 && revisions.join(',').length > historyLimit) revisions.shift();
  return revisions.join(',');
}
