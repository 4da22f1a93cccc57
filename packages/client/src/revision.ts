/**
 * A resourceVersion as a number; 0 where it is absent or not an integer. Since Kubernetes 1.35 versions are defined to
 * be comparable as integers, with one order over all kinds of a server.
 */
export function revisionOf(resourceVersion: string | undefined): number {
  const revision = Number(resourceVersion);
  return Number.isSafeInteger(revision) && revision > 0 ? revision : 0;
}
