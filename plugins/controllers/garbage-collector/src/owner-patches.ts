import type { Kind } from '@keelson/api';
import { isStatus, type ApiClient, type ObjectRef } from '@keelson/sdk';

/** One object to be changed, named so that its namesake cannot be hit. */
export interface PatchTarget {
  readonly api: ApiClient;
  readonly kind: Kind;
  readonly ref: ObjectRef;
  readonly uid: string;
}

/** Takes references to these owners off an object; one that is gone, or has become another, needs none. */
export function removeOwners(target: PatchTarget, owners: readonly string[]): Promise<void> {
  return changeOwners(target, owners.map((uid) => ({ $patch: 'delete', uid })), (references) => references.filter(({ uid }) => !owners.includes(uid)));
}

/** Lets the owners of an object go without waiting for it: the way out of a circle. */
export function unblockOwners(target: PatchTarget, owners: readonly string[]): Promise<void> {
  return changeOwners(
    target,
    owners.map((uid) => ({ uid, blockOwnerDeletion: false })),
    (references) => references.map((reference) => (owners.includes(reference.uid) ? { ...reference, blockOwnerDeletion: false } : reference)),
  );
}

/** Takes a finalizer off; undone work of others on the same list is never lost. */
export async function dropFinalizer({ api, kind, ref, uid }: PatchTarget, finalizer: string): Promise<void> {
  const live = await api.get(kind, ref);
  const finalizers = live?.metadata.finalizers ?? [];
  if (live === undefined || live.metadata.uid !== uid || !finalizers.includes(finalizer)) return;
  const { resourceVersion } = live.metadata;
  await unlessGone(api.patch(kind, ref, { type: 'merge', body: { metadata: { resourceVersion, finalizers: finalizers.filter((name) => name !== finalizer) } } }));
}

type References = readonly { readonly uid: string }[];

/** Built-in kinds merge owner references by uid, which cannot conflict; custom kinds replace the list they were read with. */
async function changeOwners({ api, kind, ref, uid }: PatchTarget, strategic: readonly object[], change: (references: References) => References): Promise<void> {
  if (kind.definition !== '') return unlessGone(api.patch(kind, ref, { type: 'strategic', body: { metadata: { uid, ownerReferences: strategic } } }));
  const live = await api.get(kind, ref);
  if (live === undefined || live.metadata.uid !== uid) return;
  const { resourceVersion, ownerReferences = [] } = live.metadata;
  await unlessGone(api.patch(kind, ref, { type: 'merge', body: { metadata: { resourceVersion, ownerReferences: change(ownerReferences) } } }));
}

async function unlessGone(write: Promise<unknown>): Promise<void> {
  try {
    await write;
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
  }
}
