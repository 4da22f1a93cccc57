import type { Kind, KubeObject, OwnerReference } from '@keelson/api';
import { KeelsonError, type ApiClient } from '@keelson/sdk';
import type { AbsentOwners } from './absent-owners.ts';
import { identityOf } from './graph-node.ts';
import type { KindTable } from './kind-table.ts';

/** The owners that an object names, by what became of them. */
export interface OwnerClasses {
  /** Exist and stay, or go without waiting for their dependents. */
  readonly solid: readonly OwnerReference[];
  /** Do not exist. */
  readonly dangling: readonly OwnerReference[];
  /** Are being deleted in the foreground: they wait for this object. */
  readonly waiting: readonly OwnerReference[];
}

/** What the look-up needs. */
export interface OwnerLookup {
  readonly api: ApiClient;
  readonly kinds: KindTable;
  readonly absent: AbsentOwners;
}

/** Thrown for a cluster-scoped object that names a namespaced owner: no retry can make sense of it. */
export class MisplacedOwnerError extends KeelsonError {
  constructor() {
    super('KEEL_GC_MISPLACED_OWNER', 'cluster-scoped objects cannot refer to namespaced owners: remove the reference');
  }
}

/** Asks the server for every owner that is not known to be gone. Throws for kinds that nobody serves: they may come yet. */
export async function classifyOwners(object: KubeObject, lookup: OwnerLookup): Promise<OwnerClasses> {
  const solid: OwnerReference[] = [];
  const dangling: OwnerReference[] = [];
  const waiting: OwnerReference[] = [];
  for (const reference of object.metadata.ownerReferences ?? []) {
    const owner = await liveOwner(reference, object.metadata.namespace ?? '', lookup);
    if (owner === undefined) dangling.push(reference);
    else if (isWaiting(owner)) waiting.push(reference);
    else solid.push(reference);
  }
  return { solid, dangling, waiting };
}

async function liveOwner(reference: OwnerReference, namespace: string, { api, kinds, absent }: OwnerLookup): Promise<KubeObject | undefined> {
  const clusterScoped = identityOf(reference, '');
  if (absent.has(clusterScoped) || (namespace !== '' && absent.has(identityOf(reference, namespace)))) return undefined;
  const kind = kindOf(reference, kinds);
  if (kind.namespaced && namespace === '') throw new MisplacedOwnerError();
  const owner = await api.get(kind, { name: reference.name, namespace: kind.namespaced ? namespace : undefined });
  if (owner?.metadata.uid === reference.uid) return owner;
  absent.add(kind.namespaced ? identityOf(reference, namespace) : clusterScoped);
  return undefined;
}

/** The kind that a reference or an identity names; throws while nobody serves it. */
export function kindOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }, kinds: KindTable): Kind {
  const found = kinds.find(apiVersion, kind);
  if (found === undefined) throw new KeelsonError('KEEL_GC_UNKNOWN_KIND', `kind ${kind} of ${apiVersion} is not served: its objects cannot be checked`);
  return found;
}

function isWaiting({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp !== undefined && (metadata.finalizers?.includes('foregroundDeletion') ?? false);
}
