import type { Kind, KubeObject } from '@keelson/api';
import type { Pod } from '@keelson/api/core/v1';
import { isStatus, type ApiClient } from '@keelson/sdk';

/** Seconds that somebody else's finalizer is expected to take. */
const finalizerSeconds = 15;

/** What is left of one kind after its objects were told to go. */
export interface Remaining {
  readonly kind: Kind;
  readonly count: number;
  /** How many objects wait for each finalizer. */
  readonly finalizers: ReadonlyMap<string, number>;
  /** Seconds until it is worth looking again. */
  readonly estimate: number;
}

/** Where and since when the content is deleted; `now` and `since` in milliseconds. */
export interface ContentDeletion {
  readonly api: ApiClient;
  readonly namespace: string;
  readonly since: number;
  readonly now: number;
}

/** Tells all objects of a kind in the namespace to go; undefined when none is left. Throws when some stay without a reason. */
export async function deleteContent(kind: Kind, { api, namespace, since, now }: ContentDeletion): Promise<Remaining | undefined> {
  const before = await itemsOf(kind, api, namespace);
  if (before.length === 0) return undefined;
  const grace = kind.plural === 'pods' && kind.group === '' ? Math.max(0, longestGrace(before as readonly Pod[]) - Math.floor((now - since) / 1000)) : 0;
  if (kind.verbs.includes('deletecollection')) await api.deleteCollection(kind, { namespace }, { propagationPolicy: 'Background' });
  else for (const { metadata } of before) await api.delete({ kind, ref: metadata }, { propagationPolicy: 'Background' });
  const left = await itemsOf(kind, api, namespace);
  if (left.length === 0) return undefined;
  const finalizers = countFinalizers(left);
  if (finalizers.size === 0 && grace === 0 && !left.some(({ metadata }) => metadata.deletionTimestamp !== undefined)) {
    throw new Error(`unexpected items still remain in namespace: ${namespace} for gvr: ${kind.group}/${kind.version}, Resource=${kind.plural}`);
  }
  return { kind, count: left.length, finalizers, estimate: finalizers.size > 0 ? finalizerSeconds : Math.max(1, grace) };
}

/** A kind that is not served any more holds nothing. */
async function itemsOf(kind: Kind, api: ApiClient, namespace: string): Promise<readonly KubeObject[]> {
  try {
    return (await api.list(kind, { namespace })).items;
  } catch (error) {
    if (isStatus(error, 'NotFound') || isStatus(error, 'MethodNotAllowed')) return [];
    throw error;
  }
}

function longestGrace(pods: readonly Pod[]): number {
  const running = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  return running.reduce((longest, { metadata, spec }) => Math.max(longest, metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 0), 0);
}

function countFinalizers(objects: readonly KubeObject[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { metadata } of objects) for (const name of metadata.finalizers ?? []) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
